package org.datahub.itests.simulation.machine;

import java.util.ArrayList;
import java.util.List;
import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;

/// A process of one thread. It runs on a continuation, so that it can be left at any memory
/// operation, for a while or for ever.
public final class SimulatedProcess {
    /// What it does.
    enum State {
        /// It can run.
        READY,
        /// It waits for memory to change.
        RELAXED,
        /// It sleeps until a time, or until a bell rings.
        ASLEEP,
        /// It was killed, and the kernel has not yet freed what it holds.
        DYING,
        /// It is gone.
        GONE
    }

    static final ContinuationScope SCOPE = new ContinuationScope("simulation");
    static final long NO_BELL = -1;

    final Core core;
    final List<SimulatedFile> files = new ArrayList<>();
    private final String name;
    private final int id;
    private final Continuation continuation;

    State state = State.READY;
    long wakeAt;
    long bell = NO_BELL;
    long relaxedAt;
    int tries;
    long suspendedUntil;
    boolean fresh;
    private Throwable failure;

    SimulatedProcess(String name, int id, Core core, Runnable program) {
        this.name = name;
        this.id = id;
        this.core = core;
        this.continuation = new Continuation(SCOPE, () -> {
            try {
                program.run();
            } catch (Throwable e) {
                failure = e;
            }
        });
    }

    /// Its name in traces.
    public String name() {
        return name;
    }

    int id() {
        return id;
    }

    boolean over() {
        return state == State.GONE || state == State.DYING;
    }

    /// Goes on until it yields or ends; what it failed with, if it did.
    Throwable resume() {
        continuation.run();
        return failure;
    }

    boolean ended() {
        return continuation.isDone();
    }

    @Override
    public String toString() {
        return name + " " + state
                + switch (state) {
                    case ASLEEP -> bell == NO_BELL ? " until " + wakeAt : " at bell " + bell + " until " + wakeAt;
                    case READY, RELAXED, DYING, GONE -> "";
                };
    }
}
