package org.datahub.examples.instrument;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class ContentTest {
    private static final int OFFSET = 64;

    private static void onlyItsOwnSlotNumberAndEveryByteCount(Content content) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(OFFSET + content.bytes(), 64);
            content.fill(memory, OFFSET, 5);
            assertTrue(content.verify(memory, OFFSET, content.bytes(), 5));
            assertFalse(content.verify(memory, OFFSET, content.bytes(), 6));
            assertFalse(content.verify(memory, OFFSET, content.bytes() - 8, 5));
            for (int at = 0; at < content.bytes(); at += 1 + content.bytes() / 200) {
                byte right = memory.get(JAVA_BYTE, OFFSET + at);
                memory.set(JAVA_BYTE, OFFSET + at, (byte) (right ^ 1));
                assertFalse(content.verify(memory, OFFSET, content.bytes(), 5), "at=" + at);
                memory.set(JAVA_BYTE, OFFSET + at, right);
            }
        }
    }

    @Test
    void aFrameIsWhatItsSlotNumberMakesIt() {
        onlyItsOwnSlotNumberAndEveryByteCount(new Frames());
    }

    @Test
    void telemetryIsBoundToItsSlotNumber() throws IOException {
        try (Machine machine = new Machine()) {
            onlyItsOwnSlotNumberAndEveryByteCount(new Telemetry(machine));
        }
    }

    @Test
    void telemetryIsThisMachines() throws IOException {
        try (Machine machine = new Machine();
                Arena arena = Arena.ofConfined()) {
            Telemetry telemetry = new Telemetry(machine);
            MemorySegment memory = arena.allocate(telemetry.bytes(), 8);
            telemetry.fill(memory, 0, 0);
            long total = value(memory, "memory_total_kb");
            assertTrue(total > 100_000 && value(memory, "memory_free_kb") <= total);
            assertTrue(value(memory, "self_threads") > 1 && value(memory, "self_resident_pages") > 1000);
            assertTrue(value(memory, "processes_running") >= 1);
            long switches = value(memory, "context_switches");
            telemetry.fill(memory, 0, 1);
            assertTrue(switches > 0 && value(memory, "context_switches") >= switches);
        }
    }

    private static long value(MemorySegment memory, String name) {
        return memory.get(ValueLayout.JAVA_LONG, Telemetry.LAYOUT.byteOffset(PathElement.groupElement(name)));
    }
}
