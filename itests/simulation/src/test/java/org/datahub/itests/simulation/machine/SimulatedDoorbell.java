package org.datahub.itests.simulation.machine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.spi.Doorbell;

/// A futex: the kernel compares the newest value and puts to sleep in one step. A wake-up tells
/// nothing about memory.
final class SimulatedDoorbell implements Doorbell {
    private final Machine machine;
    private final int place;

    SimulatedDoorbell(Machine machine, MemorySegment segment, long offset) {
        this.machine = machine;
        this.place = machine.memory().place(segment, offset, Integer.BYTES);
    }

    @Override
    public void await(int seen, long nanos) {
        machine.call("await", () -> Atlas.name(machine, place) + " = " + seen + " for " + nanos + " ns");
        if ((int) machine.memory().newest(place, Integer.BYTES) != seen) return;
        machine.sleepUntil(machine.chance().ringsOnly() ? Long.MAX_VALUE : machine.nanos() + nanos, place);
    }

    @Override
    public void wakeAll() {
        machine.call("wake", () -> Atlas.name(machine, place));
        machine.ring(place);
    }
}
