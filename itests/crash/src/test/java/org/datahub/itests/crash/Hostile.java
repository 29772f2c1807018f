package org.datahub.itests.crash;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;

/// A process that may write the control segment, and does: anything, anywhere, as fast as it can.
///
/// Half of what it writes is noise. The other half looks right: kinds of rows, cursors near the
/// head, names of buffers, words copied from elsewhere, because noise is refused where something
/// that looks right is believed.
final class Hostile {
    private static final int BURST = 4096;
    private static final long REST_NANOS = 1_000_000;

    private final MemorySegment control;
    private final Random random;
    private final long first;
    private final List<Long> wanted = new ArrayList<>();

    private Hostile(MemorySegment control, long first, long seed) {
        this.control = control;
        this.first = first;
        this.random = new Random(seed);
        wanted.add(ControlLayout.JOIN_EPOCH);
        wanted.add(ControlLayout.PRODUCER_ASLEEP / Long.BYTES * Long.BYTES);
        wanted.add(ControlLayout.CONSUMERS_ASLEEP);
        wanted.add(ControlLayout.BELL);
        wanted.add(ControlLayout.REQUEST_NUMBER);
        for (long row = ControlLayout.BYTES; row + RowLayout.BYTES <= control.byteSize(); row += RowLayout.BYTES) {
            for (long word : List.of(
                    RowLayout.ACTIVE,
                    RowLayout.EPOCH,
                    RowLayout.SESSION,
                    RowLayout.CURSOR,
                    RowLayout.PINS,
                    RowLayout.BARRIERS)) wanted.add(row + word);
        }
    }

    /// Arguments: control files, each with the first byte it writes, then the seed. Rages until it
    /// is killed.
    public static void main(String[] args) throws IOException {
        List<Hostile> all = new ArrayList<>();
        long seed = Long.parseLong(args[args.length - 1]);
        for (int index = 0; index + 1 < args.length; index += 2) {
            try (FileChannel channel =
                    FileChannel.open(Path.of(args[index]), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                MemorySegment control = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), Arena.global());
                all.add(new Hostile(control, Long.parseLong(args[index + 1]), seed + index));
            }
        }
        while (true) {
            for (Hostile each : all) each.rage();
            // Now and then the others come to see what it has done.
            LockSupport.parkNanos(REST_NANOS);
        }
    }

    private void rage() {
        for (int count = 0; count < BURST; count++) {
            long at = random.nextInt(4) == 0 ? wanted.get(random.nextInt(wanted.size())) : anywhere();
            if (at >= first) control.set(ValueLayout.JAVA_LONG, at, value());
        }
    }

    private long anywhere() {
        return (long) random.nextInt((int) (control.byteSize() / Long.BYTES)) * Long.BYTES;
    }

    private long value() {
        return switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> random.nextLong();
            case 4 -> random.nextInt(5);
            case 5 -> -random.nextInt(3);
            case 6 -> 1L << random.nextInt(Long.SIZE);
            default -> control.get(ValueLayout.JAVA_LONG, anywhere()) + random.nextInt(3) - 1;
        };
    }
}
