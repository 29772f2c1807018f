package org.datahub.itests.crash;

import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataHub;
import org.datahub.engine.Inside;
import org.datahub.itests.crash.Notes.Word;
import org.datahub.posix.PosixKernel;

/// A process that plays one half of a scenario and dies on the way, or records the way.
final class Victim {
    private static final long PACE_NANOS = 300_000;

    private final Shape shape;
    private final Path directory;
    private final DataHub hub;
    private final Notes notes;

    private Victim(Shape shape, Path directory, Notes notes) {
        this.directory = directory;
        this.shape = shape;
        this.notes = notes;
        this.hub = Inside.hub(Steps.around(new PosixKernel()), directory, "victim");
    }

    /// Arguments: scenario, shape, hub directory, notes.
    public static void main(String[] args) throws Exception {
        Scenario scenario = Scenarios.named(args[0]);
        try (Notes notes = new Notes(Path.of(args[3]))) {
            Victim victim = new Victim(Shape.of(args[1]), Path.of(args[2]), notes);
            try (DataHub hub = victim.hub) {
                notes.set(Word.READY, 1);
                scenario.victim(victim);
            }
        }
        Trap.save();
        System.exit(0);
    }

    DataHub hub() {
        return hub;
    }

    /// Another hub, on which that allocator is not there.
    DataHub hubWithout(String allocator) {
        return Inside.hub(Steps.around(new PosixKernel()), directory, "victim", allocator);
    }

    Shape shape() {
        return shape;
    }

    BlockSpec spec() {
        return Stage.spec(shape);
    }

    Notes notes() {
        return notes;
    }

    /// Which producer this one is, by the block's own count.
    long incarnation() {
        return hub.info(Stage.BLOCK).incarnation();
    }

    /// Slots below `n` are committed or released by now.
    void done(long n) {
        notes.set(Word.DONE, n);
    }

    /// Lets others come to rest: they sleep, so that they have to be woken.
    void pace() {
        LockSupport.parkNanos(PACE_NANOS);
    }

    void await(String what, BooleanSupplier condition) {
        Await.until(what, condition);
    }
}
