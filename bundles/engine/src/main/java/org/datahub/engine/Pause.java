package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Waiting;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Doorbell;
import org.datahub.api.spi.Kernel;

/// How one handle waits, step by step: the caller looks at all it waits for between two steps.
///
/// To sleep it loads the bell, says so in the word that the other side looks at, passes a barrier
/// on all processors in
/// place of the fence that the other side does not pay, returns for one more look, and sleeps at
/// the next step while the
/// bell still has the value loaded first. A ring that nobody made (a death) is made up for by the
/// bound of each sleep.
final class Pause {
    /// Looks of a wait that is too short to be timed, a microsecond in all.
    static final int GLANCES = 32;

    private static final int SPINS = 600; // some 20 us: less than a sleep and a wake-up cost
    private static final int CLOCK_STEPS = 32; // a clock read costs as much as a spin
    private static final int YIELDS = 64;
    private static final long LEAST_PARK = 50_000; // Linux adds as much to what is asked for
    private static final long MOST_PARK = 1_000_000;
    private static final long LEAST_BLIND = 1_000_000;
    private static final long MOST_BLIND = 64_000_000;

    private final Kernel kernel;
    private final Waiting waiting;
    private final MemorySegment bells;
    private final long bell;
    private final MemorySegment words;
    private final long asleep;
    private final long bound;
    private final Doorbell doorbell;
    private int step;
    private int seen;
    private boolean armed;
    private long park = LEAST_PARK;
    private long blind = LEAST_BLIND;

    /// Sleeps on the bell at `bell` of `bells`, for `bound` nanoseconds at most, and says so at
    /// `asleep` of `words`.
    Pause(
            Kernel kernel,
            Waiting waiting,
            MemorySegment bells,
            long bell,
            MemorySegment words,
            long asleep,
            long bound) {
        this.kernel = kernel;
        this.waiting = waiting;
        this.bells = bells;
        this.bell = bell;
        this.words = words;
        this.asleep = asleep;
        this.bound = bound;
        this.doorbell = kernel.doorbell(bells, bell);
    }

    /// A new wait begins.
    void begin() {
        step = 0;
        armed = false;
        park = LEAST_PARK;
        blind = LEAST_BLIND;
    }

    /// A moment, of `most` nanoseconds at most, in which the other side goes on and is asked for nothing,
    /// `waited` nanoseconds after the first one.
    void nap(long waited, long most) {
        if (waiting == Waiting.SPIN || waited < LEAST_PARK) Thread.onSpinWait();
        else LockSupport.parkNanos(Math.min(LEAST_PARK, most));
    }

    /// Whether steps are long by now, so that a look between two of them may cost something.
    boolean slow() {
        return step >= (Thread.currentThread().isVirtual() ? YIELDS : SPINS);
    }

    /// One step; false, and no step, when `deadline` (CLOCK_MONOTONIC) is over. `ringer` says
    /// whether the other side takes
    /// part in barriers; where it does not, its ring can be missed and the sleep is short.
    ///
    /// @throws DataHubException `DH-2008` when the thread is interrupted; its flag stays set
    boolean step(long deadline, boolean ringer) {
        boolean virtual = Thread.currentThread().isVirtual();
        if (++step < SPINS && !virtual || waiting == Waiting.SPIN && !virtual) {
            Thread.onSpinWait();
            return step % CLOCK_STEPS != 0 || !over(deadline);
        }
        long remaining = deadline - kernel.nanos();
        if (over(deadline)) return false;
        if (virtual || waiting == Waiting.BACKOFF) parkAfterYields(remaining);
        else if (!armed) arm();
        else sleep(remaining, ringer);
        return true;
    }

    /// @throws DataHubException `DH-2008` when the thread is interrupted; its flag stays set
    static void requireUninterrupted() {
        if (!Thread.currentThread().isInterrupted()) return;
        throw new DataHubException(
                ErrorCode.INTERRUPTED, "the thread was interrupted while it waited", "the handle is still usable");
    }

    private boolean over(long deadline) {
        requireUninterrupted();
        return kernel.nanos() - deadline >= 0;
    }

    private void parkAfterYields(long remaining) {
        int first = Thread.currentThread().isVirtual() ? 0 : SPINS;
        if (step < first + YIELDS) {
            Thread.yield();
            return;
        }
        LockSupport.parkNanos(Math.min(park, remaining));
        park = Math.min(park * 2, MOST_PARK);
    }

    private void arm() {
        seen = Words.acquireInt(bells, bell);
        Words.releaseInt(words, asleep, 1);
        if (kernel.barriers()) kernel.globalBarrier();
        else Words.fullFence();
        armed = true;
    }

    private void sleep(long remaining, boolean ringer) {
        armed = false;
        long most = bound;
        if (!ringer) {
            most = Math.min(bound, blind);
            blind = Math.min(blind * 2, MOST_BLIND);
        }
        doorbell.await(seen, Math.max(1, Math.min(remaining, most)));
    }
}
