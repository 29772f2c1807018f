package org.datahub.examples.instrument;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// This machine as the kernel counts it, read from /proc for each slot: 64-bit little-endian words.
///
/// `sample` is the slot number. `check` is made of the slot number and all words before it, so that
/// values of another slot, or of two, do not pass.
public final class Telemetry implements Content {
    private static final ValueLayout.OfLong WORD = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// The words between `sample` and `check`. Ticks are 1/100 s of all processors together;
    /// `load_*` is in hundredths.
    private static final List<String> VALUES = List.of(
            "cpu_user_ticks",
            "cpu_system_ticks",
            "cpu_idle_ticks",
            "context_switches",
            "forks",
            "processes_running",
            "memory_total_kb",
            "memory_free_kb",
            "memory_available_kb",
            "load_1_min",
            "load_5_min",
            "load_15_min",
            "net_received_bytes",
            "net_received_packets",
            "net_sent_bytes",
            "net_sent_packets",
            "self_user_ticks",
            "self_system_ticks",
            "self_threads",
            "self_resident_pages");

    /// The payload: what a C program would declare as a struct of `int64_t`.
    static final StructLayout LAYOUT = layout();

    private static final long FIRST = offset(VALUES.getFirst());
    private static final long CHECK = offset("check");

    private final Machine machine;

    /// `machine` is null where nothing is filled.
    public Telemetry(Machine machine) {
        this.machine = machine;
    }

    private static StructLayout layout() {
        MemoryLayout[] words = new MemoryLayout[VALUES.size() + 2];
        words[0] = WORD.withName("sample");
        for (int value = 0; value < VALUES.size(); value++) words[value + 1] = WORD.withName(VALUES.get(value));
        words[words.length - 1] = WORD.withName("check");
        return MemoryLayout.structLayout(words).withName("telemetry");
    }

    private static long offset(String name) {
        return LAYOUT.byteOffset(PathElement.groupElement(name));
    }

    @Override
    public String name() {
        return "telemetry";
    }

    @Override
    public String configuration() {
        return """
                name = telemetry
                policy = SEQUENTIAL_SYNC
                slots = 1024
                slot.bytes = %d
                timestamp = exact
                participants = 8
                """.formatted(bytes());
    }

    @Override
    public int bytes() {
        return (int) LAYOUT.byteSize();
    }

    @Override
    public double rate() {
        return 1000;
    }

    @Override
    public void fill(MemorySegment segment, long offset, long number) {
        segment.set(WORD, offset, number);
        long[] values = machine.read();
        for (int value = 0; value < values.length; value++) {
            segment.set(WORD, offset + FIRST + (long) value * Long.BYTES, values[value]);
        }
        segment.set(WORD, offset + CHECK, check(segment, offset, number));
    }

    @Override
    public boolean verify(MemorySegment segment, long offset, long length, long number) {
        return length == bytes()
                && segment.get(WORD, offset) == number
                && segment.get(WORD, offset + CHECK) == check(segment, offset, number);
    }

    private static long check(MemorySegment segment, long offset, long number) {
        long sum = Content.mix(number);
        for (long at = 0; at < CHECK; at += Long.BYTES) sum = Content.mix(sum ^ segment.get(WORD, offset + at));
        return sum;
    }

    /// How many values [Machine#read] gives.
    static int values() {
        return VALUES.size();
    }
}
