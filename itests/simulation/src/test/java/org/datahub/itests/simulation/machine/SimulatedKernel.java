package org.datahub.itests.simulation.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.IntFunction;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Doorbell;
import org.datahub.api.spi.Kernel;

/// The kernel as one process sees it. Each call is a turn, like a memory operation.
public final class SimulatedKernel implements Kernel {
    private final Machine machine;

    /// The kernel of `machine`.
    public SimulatedKernel(Machine machine) {
        this.machine = machine;
    }

    @Override
    public Directory openDirectory(Path path) {
        return new SimulatedDirectory(machine, machine.disk().root(), path.toString());
    }

    @Override
    public boolean makeDirectory(Path path, int mode) {
        return false;
    }

    @Override
    public int uid() {
        return Disk.UID;
    }

    @Override
    public long nanos() {
        return machine.nanos();
    }

    @Override
    public long coarseNanos() {
        return machine.nanos();
    }

    @Override
    public boolean barriers() {
        return machine.chance().barriers();
    }

    @Override
    public void globalBarrier() {
        machine.barrier();
    }

    @Override
    public void privateBarrier() {
        machine.barrier();
    }

    @Override
    public Doorbell doorbell(MemorySegment segment, long offset) {
        return new SimulatedDoorbell(machine, segment, offset);
    }

    @Override
    public MemorySegment view(MemorySegment segment, long offset, long length, Arena scope) {
        return segment.asSlice(offset, length);
    }

    @Override
    public void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
        throw new IllegalStateException("copies are the machine's: Words has them below");
    }

    @Override
    public int collapse(MemorySegment mapping) {
        return 0;
    }

    @Override
    public long collapsedBytes(MemorySegment mapping) {
        return 0;
    }

    @Override
    public int lock(MemorySegment mapping) {
        return 0;
    }

    @Override
    public <T> T onNode(int node, IntFunction<T> work) {
        return work.apply(0);
    }

    @Override
    public int nodeOf(MemorySegment mapping, long offset) {
        return 0;
    }

    @Override
    public Identity identity() {
        int pid = machine.running() == null ? 0 : machine.running().id();
        return new Identity(pid, Disk.UID, 1, 1, 1, 1, 1);
    }
}
