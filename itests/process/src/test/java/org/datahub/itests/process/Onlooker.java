package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.HubOptions;
import org.datahub.api.layout.SlotHeader;
import org.datahub.examples.instrument.Content;
import org.datahub.examples.instrument.Telemetry;

/// A lossless consumer of telemetry on a thread of the test: every slot once, in order, verified, with the payload of
/// its number. The first fault ends it, and fails the test.
final class Onlooker implements AutoCloseable {
    private static final Duration TURN = Duration.ofMillis(100);

    private final Content content = new Telemetry(null); // to verify, it needs no machine
    private final List<String> algorithms = new CopyOnWriteArrayList<>();
    private final Child source;
    private final DataHub hub;
    private final DataBlockConsumer in;
    private final Thread thread;
    private volatile long seen;
    private volatile boolean ended;
    private volatile boolean over;
    private volatile String fault;

    /// Attaches to the block when it is there, with the key of `hmac-sha256`. `source` publishes it.
    Onlooker(Path directory, String block, Path key, Child source) {
        this.source = source;
        hub = DataHub.open(HubOptions.defaults()
                .directory(directory)
                .label("onlooker")
                .configuration("org.datahub.integrity.hmac", Map.of("key.file", key.toString())));
        in = hub.attach(block, ConsumerSpec.lossless().attachTimeout(Child.PATIENCE));
        thread = Thread.ofPlatform().daemon().name("onlooker").start(this::run);
    }

    private void run() {
        try {
            long expected = -1;
            while (!over && !ended) {
                switch (in.next(TURN)) {
                    case SLOT -> {
                        long number = in.number();
                        if (expected >= 0 && number != expected) fault = "slot=" + number + ", expected=" + expected;
                        expected = number + 1;
                        look(number);
                    }
                    case GAP -> fault = "gap from=" + in.gapFrom() + ", to=" + in.gapTo();
                    case END -> ended = true;
                    default -> {}
                }
                if (fault != null) return;
            }
        } catch (RuntimeException e) {
            fault = e.toString();
        }
    }

    private void look(long number) {
        long description = SlotHeader.description(in.segment(), in.offset() - SlotHeader.BYTES);
        String algorithm = name(SlotHeader.integrity(description));
        if (algorithms.isEmpty() || !algorithms.getLast().equals(algorithm)) algorithms.add(algorithm);
        if (!content.verify(in.segment(), in.offset(), in.length(), number)) fault = "slot=" + number + ": payload";
        if (!in.release()) fault = "slot=" + number + ": lost while it was read";
        seen++;
    }

    private static String name(int algorithm) {
        return switch (algorithm) {
            case 1 -> "crc32c";
            case 2 -> "hmac-sha256";
            default -> "algorithm " + algorithm;
        };
    }

    /// How many slots it has seen.
    long seen() {
        return seen;
    }

    /// The algorithms in the order of the slots, each once for neighbours.
    List<String> algorithms() {
        return List.copyOf(algorithms);
    }

    /// Waits for so many slots that this algorithm has sealed.
    void awaitMore(int slots, String algorithm) {
        await(() -> !algorithms.isEmpty() && algorithms.getLast().equals(algorithm));
        long enough = seen + slots;
        await(() -> seen >= enough);
        assertTrue(algorithms.getLast().equals(algorithm), algorithms::toString);
    }

    /// Waits for the end of the stream, with nothing missed.
    void awaitEnd() {
        await(() -> ended);
    }

    private void await(BooleanSupplier condition) {
        try {
            Awaitility.await().atMost(Child.PATIENCE).until(() -> fault != null || condition.getAsBoolean());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("seen=" + seen + ", algorithms=" + algorithms + "\n" + source.describe(), e);
        }
        assertNull(fault, source::describe);
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        thread.join();
        in.close();
        hub.close();
    }
}
