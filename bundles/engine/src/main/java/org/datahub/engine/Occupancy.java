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
///
/// In the same way another thread asks the worker to do something before its next work: by a bit in
/// `stop`, which only the worker takes back.
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
    private static final int ASKED = 4;
    private static final int STOPPED = FAILED | CLOSED;

    private final Kernel kernel;
    private final boolean barriers;
    private final String what;
    private final Runnable finish;
    private int busy; // how deep its thread is inside
    private int stop;
    private boolean finished;
    private Thread owner;
    private Runnable errand = () -> {};
    private volatile DataHubException failure;

    /// `finish` runs once, when the handle is closed and nobody is inside.
    Occupancy(Kernel kernel, String what, Runnable finish) {
        this.kernel = kernel;
        this.barriers = kernel.barriers();
        this.what = what;
        this.finish = finish;
    }

    /// What a thread does first when it comes in from outside and was asked. Set before the handle is
    /// used.
    void errand(Runnable what) {
        errand = what;
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
        if ((int) STOP.getOpaque(this) != 0) look(inside);
    }

    private void look(int inside) {
        if (inside == 0 && asked()) errand.run();
        if (stopped()) refuse();
    }

    /// Whether the worker was asked for its errand.
    boolean asked() {
        return ((int) STOP.getOpaque(this) & ASKED) != 0;
    }

    /// Asks the worker. False if it is inside now: then it sees that it was asked when it comes in
    /// next, or looks. True if it is outside, and does its errand before anything else.
    boolean ask() {
        STOP.getAndBitwiseOr(this, ASKED);
        pass(kernel);
        return (int) BUSY.getAcquire(this) == 0;
    }

    /// The worker takes it back, and then does what it was asked for.
    void answered() {
        STOP.getAndBitwiseAnd(this, ~ASKED);
    }

    /// Makes every running thread of the process see what the caller has stored, or be seen by it.
    static void pass(Kernel kernel) {
        if (kernel.barriers()) kernel.privateBarrier();
        else Words.fullFence();
    }

    private void refuse() {
        exit();
        throw reason();
    }

    /// Why the handle can't be used any more.
    DataHubException reason() {
        DataHubException known = failure;
        if (known == null || ((int) STOP.getAcquire(this) & CLOSED) != 0) {
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
        if (((int) STOP.getOpaque(this) & CLOSED) != 0) finish();
    }

    /// Whether a thread other than the caller's is inside. Whoever is not seen here behind a barrier
    /// sees what was stored before it.
    boolean busyElsewhere() {
        return (int) BUSY.getAcquire(this) != 0 && owner != Thread.currentThread();
    }

    /// Whether a wait inside should end: the handle was closed or has failed.
    boolean stopped() {
        return ((int) STOP.getOpaque(this) & STOPPED) != 0;
    }

    /// Whether the handle has failed, closed or not.
    boolean failed() {
        return failure != null;
    }

    /// Every later use throws `reason`; the memory stays until close.
    void fail(DataHubException reason) {
        if (failure == null) failure = reason;
        STOP.getAndBitwiseOr(this, FAILED);
    }

    /// Marks the handle closed, and finishes unless its thread is inside; then that thread does on
    /// its way out.
    void close() {
        STOP.getAndBitwiseOr(this, CLOSED);
        pass(kernel);
        Thread inside = owner;
        boolean abandoned = inside == null || inside == Thread.currentThread() || !inside.isAlive();
        if ((int) BUSY.getAcquire(this) == 0 || abandoned) finish();
    }

    private void finish() {
        if ((boolean) FINISHED.compareAndSet(this, false, true)) finish.run();
    }
}
