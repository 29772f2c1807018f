package org.datahub.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.HubOptions;
import org.datahub.api.StallPolicy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A tap whose standard output is slower than its producer.
class TapTest {
    private static final int BYTES = 8;

    @TempDir
    private Path directory;

    @BeforeEach
    void onlyWeMayWriteTheHubDirectory() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    private static void write(DataBlockProducer out) {
        out.write(tx -> tx.payload().fill((byte) ('0' + tx.number())));
    }

    /// Its reader is so slow that the producer writes `more` slots while the first bytes wait.
    private record SlowOutput(ByteArrayOutputStream bytes, DataBlockProducer producer, int more)
            implements WritableByteChannel {
        @Override
        public int write(ByteBuffer from) throws IOException {
            if (bytes.size() == 0) for (int i = 0; i < more; i++) TapTest.write(producer);
            return Channels.newChannel(bytes).write(from);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void whatIsWrittenOverWhileStandardOutputWaitsIsNotPartOfIt() throws IOException {
        try (DataHub hub = DataHub.open(HubOptions.defaults().directory(directory));
                DataBlockProducer out = hub.create(BlockSpec.named("cam")
                        .slotBytes(BYTES)
                        .slots(1)
                        .stall(Duration.ofMillis(1), StallPolicy.EVICT));
                DataBlockConsumer in = hub.attach("cam", ConsumerSpec.lossless())) {
            write(out);
            var bytes = new ByteArrayOutputStream();
            var said = new ByteArrayOutputStream();
            Terminal terminal = new Terminal(
                    Channels.newChannel(System.in),
                    new Output(new SlowOutput(bytes, out, 4), () -> false),
                    new PrintStream(said, true),
                    false);
            new Tap(in, terminal, Tap.Form.RAW).run(2, new Stop(Thread.currentThread()), () -> {});
            assertEquals("0".repeat(BYTES) + "4".repeat(BYTES), bytes.toString());
            assertEquals("datahub: missed 3 slots: from=1, to=3, reason=EVICTED\n", said.toString());
        }
    }
}
