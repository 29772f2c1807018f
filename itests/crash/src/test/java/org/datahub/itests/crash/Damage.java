package org.datahub.itests.crash;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.FlexibleZone;
import org.datahub.api.HubOptions;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.WriteTransaction;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;

/// A valid block, a place of it that is damaged, and everything that a program can do with it
/// then: each ends well, or in a typed error.
final class Damage implements AutoCloseable {
    /// A part of a file that means something.
    record Region(String name, String file, long from, long to) {}

    private static final String BLOCK = "fuzz";
    private static final List<String> FILES = List.of("lock", "state", "control", "data.1");
    private static final int ZONES = 2;

    private final Path directory;
    private final DataHub hub;
    private final boolean state;
    private final Map<String, byte[]> whole = new LinkedHashMap<>();

    /// A state block, or a stream.
    Damage(boolean state) throws IOException {
        this.state = state;
        this.directory = Stage.newHub();
        this.hub = DataHub.open(HubOptions.defaults().directory(directory));
        try (DataBlockProducer out = hub.create(spec())) {
            for (int n = 0; n < 7; n++) Writer.write(out, 1);
            out.zone("first").publish(Duration.ZERO, snapshot -> snapshot.fill((byte) 1));
        }
        for (String file : FILES)
            whole.put(file, Files.readAllBytes(directory.resolve(BLOCK).resolve(file)));
    }

    private BlockSpec spec() {
        BlockSpec spec = BlockSpec.named(BLOCK)
                .slotBytes(Pattern.MOST_BYTES)
                .slots(state ? 2 : 4)
                .participants(3)
                .zone("first", 64, 2)
                .zone("second", 0, 1)
                .locks(2)
                .writeTimeout(Duration.ZERO);
        return state ? spec.policy(SyncPolicy.LATEST_ONLY) : spec;
    }

    /// Every part of the block, slots too.
    List<Region> regions() {
        long zones = StateLayout.zone(ZONES);
        return List.of(
                new Region("state header", "state", 0, StateLayout.GENERATIONS),
                new Region("generation table", "state", StateLayout.GENERATIONS, StateLayout.letGo(0)),
                new Region("zone table", "state", StateLayout.BYTES, zones),
                new Region("control header", "control", 0, ControlLayout.BYTES),
                new Region("rows", "control", ControlLayout.BYTES, ControlLayout.BYTES + 3L * RowLayout.BYTES),
                new Region("zones and locks", "control", ControlLayout.BYTES + 3L * RowLayout.BYTES, size("control")),
                new Region("data header", "data.1", 0, 256),
                new Region("head and latest", "data.1", DataLayout.HEAD, DataLayout.LATEST + Long.BYTES),
                new Region("slots", "data.1", DataLayout.BYTES, size("data.1")));
    }

    private long size(String file) {
        return whole.get(file).length;
    }

    /// What stands in the whole block.
    long word(String file, long at) {
        return ByteBuffer.wrap(whole.get(file)).order(ByteOrder.LITTLE_ENDIAN).getLong((int) at);
    }

    /// Puts `bytes` there, tries everything, and mends it again.
    void tryWith(String file, long at, byte[] bytes) throws IOException {
        byte[] damaged = whole.get(file).clone();
        System.arraycopy(bytes, 0, damaged, (int) at, Math.min(bytes.length, damaged.length - (int) at));
        try {
            write(file, damaged);
            tryEverything();
        } finally {
            mend();
        }
    }

    /// Cuts a file there, tries everything, and mends it again. (Nobody has it mapped.)
    void tryCut(String file, int bytes) throws IOException {
        try {
            write(file, Arrays.copyOf(whole.get(file), bytes));
            tryEverything();
        } finally {
            mend();
        }
    }

    private void tryEverything() {
        attempt(() -> hub.info(BLOCK));
        attempt(() -> hub.declare(spec()));
        attempt(() -> read(ConsumerSpec.observer().from(StartFrom.OLDEST)));
        attempt(() -> read(state ? ConsumerSpec.pinned() : ConsumerSpec.lossless()));
        attempt(this::write);
        attempt(() -> read(ConsumerSpec.observer()));
    }

    private void read(ConsumerSpec spec) {
        try (DataBlockConsumer in = hub.attach(BLOCK, spec)) {
            for (int time = 0; time < 6; time++)
                attempt(() -> in.read(Duration.ZERO, slot -> slot.payload().toArray(ValueLayout.JAVA_BYTE)));
            attempt(in::lag);
            attempt(() -> in.seek(StartFrom.OLDEST));
            attempt(() -> readZone(in));
            attempt(() -> in.lock(0).lock(Duration.ZERO));
        }
    }

    /// However large the damaged table says it is.
    private static void readZone(DataBlockConsumer in) {
        FlexibleZone zone = in.zone("first");
        zone.read(MemorySegment.ofArray(new byte[Math.toIntExact(zone.bytes())]));
    }

    private void write() {
        try (DataBlockProducer out = hub.create(BlockSpec.named(BLOCK).writeTimeout(Duration.ZERO))) {
            for (int time = 0; time < 3; time++) attempt(() -> out.write(Damage::fill));
            attempt(() -> out.zone("first").publish(Duration.ZERO, snapshot -> snapshot.fill((byte) 2)));
            attempt(() -> out.lock(1).lock(Duration.ZERO));
        }
    }

    /// As much as fits: a block whose head says less is another block, and a valid one.
    private static void fill(WriteTransaction tx) {
        tx.payload().fill((byte) 2);
        tx.length((int) tx.payload().byteSize());
    }

    private static void attempt(Runnable step) {
        try {
            step.run();
        } catch (DataHubException e) {
            // An answer.
        } catch (IllegalArgumentException e) {
            if (!e.getMessage().startsWith("no such ")) throw e; // a zone or lock that the block lost
        }
    }

    /// A block that was taken for removed is gone by now.
    private void mend() throws IOException {
        Path block = directory.resolve(BLOCK);
        if (!Files.exists(block)) {
            Files.createDirectory(
                    block, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
        }
        for (String file : FILES) write(file, whole.get(file));
    }

    private void write(String file, byte[] bytes) throws IOException {
        Path path = directory.resolve(BLOCK).resolve(file);
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.wrap(bytes));
        }
    }

    /// What any program can say as a name.
    void tryName(String name) {
        attempt(() -> hub.info(name));
        attempt(() -> hub.attach(name, ConsumerSpec.observer()).close());
        attempt(() -> hub.remove(name));
        attempt(() -> {
            hub.create(BlockSpec.named(name).slotBytes(64).slots(1)).close();
            if (!hub.list().contains(name)) throw new AssertionError("made and not there: name=" + name);
            hub.remove(name);
        });
    }

    @Override
    public void close() throws IOException {
        hub.close();
        Stage.removeTree(directory);
    }
}
