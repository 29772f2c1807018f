package org.datahub.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Kernel;

/// The busy mark of a handle: whether its thread is inside, so that a close from another thread
/// never takes the memory
/// away under it.
///
/// The thread that works pays a store and a load. Who closes sets `stop` first, then makes every
/// running thread of the
/// process pass a barrier, then looks at `busy`: either it sees the worker, or the worker sees
/// `stop`. Whoever finds the
/// other gone finishes, and only one of them does.
final class Occupancy {
    private static final VarHandle BUSY;
    private static final VarHandle STOP;
    private static final VarHandle FINISHED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            BUSY = lookup.findVarHandle(Occupancy.class, "busy", int.class);
            STOP = lookup.findVarHandle(Occupancy.class, "stop", int.class);
            FINISHED = lookup.findVarHandle(Occupancy.class, "finished", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int FAILED = 1;
    private static final int CLOSED = 2;

    private final Kernel kernel;
    private final boolean barriers;
    private final String what;
    private final Runnable finish;
    private int busy; // how deep its thread is inside
    private int stop;
    private boolean finished;
    private Thread owner;
    private volatile DataHubException failure;

    /// `finish` runs once, when the handle is closed and nobody is inside.
    Occupancy(Kernel kernel, String what, Runnable finish) {
        this.kernel = kernel;
        this.barriers = kernel.barriers();
        this.what = what;
        this.finish = finish;
    }

    /// The calling thread is inside until [#exit].
    ///
    /// @throws DataHubException `DH-2007` when the handle is closed, or why it failed
    void enter() {
        Thread thread = Thread.currentThread();
        if (owner != thread) owner = thread;
        int inside = busy;
        if (inside == 0) {
            BUSY.setRelease(this, 1);
            if (!barriers) Words.fullFence();
        } else {
            busy = inside + 1;
        }
        if ((int) STOP.getOpaque(this) != 0) refuse();
    }

    private void refuse() {
        exit();
        throw reason();
    }

    /// Why the handle can't be used any more.
    DataHubException reason() {
        DataHubException known = failure;
        if (known == null || (int) STOP.getAcquire(this) == CLOSED) {
            return new DataHubException(ErrorCode.HANDLE_CLOSED, "the handle is closed: " + what, "open a new one");
        }
        return new DataHubException(known.code(), known.problem(), known.advice(), known);
    }

    /// The calling thread is out, if it came in once.
    void exit() {
        int inside = busy;
        if (inside > 1) {
            busy = inside - 1;
            return;
        }
        BUSY.setRelease(this, 0);
        if (!barriers) Words.fullFence();
        if ((int) STOP.getOpaque(this) == CLOSED) finish();
    }

    /// Whether a thread other than the caller's is inside. Whoever is not seen here behind a barrier
    /// sees what was stored before it.
    boolean busyElsewhere() {
        return (int) BUSY.getAcquire(this) != 0 && owner != Thread.currentThread();
    }

    /// Whether a wait inside should end: the handle was closed or has failed.
    boolean stopped() {
        return (int) STOP.getOpaque(this) != 0;
    }

    /// Whether the handle has failed, closed or not.
    boolean failed() {
        return failure != null;
    }

    /// Every later use throws `reason`; the memory stays until close.
    void fail(DataHubException reason) {
        if (failure == null) failure = reason;
        STOP.compareAndSet(this, 0, FAILED);
    }

    /// Marks the handle closed, and finishes unless its thread is inside; then that thread does on
    /// its way out.
    void close() {
        STOP.setVolatile(this, CLOSED);
        if (barriers) kernel.privateBarrier();
        else Words.fullFence();
        Thread inside = owner;
        boolean abandoned = inside == null || inside == Thread.currentThread() || !inside.isAlive();
        if ((int) BUSY.getAcquire(this) == 0 || abandoned) finish();
    }

    private void finish() {
        if ((boolean) FINISHED.compareAndSet(this, false, true)) finish.run();
    }
}
