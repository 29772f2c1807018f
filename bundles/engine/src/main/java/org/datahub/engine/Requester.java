package org.datahub.engine;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.RowLayout;

/// Asks a block's producer for something and waits for its answer. Until then it holds lock byte 1, so
/// that requests come one after the other, and from its request on lock byte 2, which tells the
/// producer that somebody waits for just this one.
final class Requester {
    private static final long POLL_NANOS = 1_000_000;
    private static final long GRACE_NANOS = 2_000_000_000;

    private final Block block;
    private final String what;
    private final Duration timeout;
    private final long deadline;

    /// `what` is asked for, in words.
    Requester(Block block, String what, Duration timeout) {
        this.block = block;
        this.what = what;
        this.timeout = timeout;
        this.deadline = Handle.deadline(block.kernel.nanos(), timeout);
    }

    /// @return what the answer says besides
    /// @throws DataHubException `DH-2010` to `DH-2013`, and what [Block#gone] says
    long ask(long kind, long... values) {
        while (!block.lock.tryLock(RowLayout.ADMIN_LOCK)) {
            if (late()) throw failed(ErrorCode.LOCK_TIMEOUT, "another request is at work", "try again");
            park();
        }
        try {
            if (!block.current()) throw block.gone();
            Answer answer = answer(kind, values);
            long value = Answer.value(block.state);
            if (answer != Answer.DONE) throw refused(answer, value);
            return value;
        } finally {
            block.lock.unlock(RowLayout.ADMIN_LOCK);
        }
    }

    private Answer answer(long kind, long[] values) {
        if (!block.producerAlive()) throw nobody();
        long number = Request.store(block.control, kind, values);
        try {
            while (!block.lock.tryLock(RowLayout.ASKING_LOCK)) {
                if (late()) throw silent(); // a child that was forked from the one before has not reached its exec
                park();
            }
            while (true) {
                Answer answer = Answer.load(block.state, number);
                if (answer != null) return answer;
                if (!block.producerAlive()) throw nobody();
                if (late()) throw silent();
                park();
            }
        } finally {
            Request.withdraw(block.control);
            block.lock.unlock(RowLayout.ASKING_LOCK);
        }
    }

    /// Waits until the handover to generation `number` is over; its first slot. The producer ends it one
    /// way or the other when the time is up.
    ///
    /// @throws DataHubException `DH-2014`, `DH-2011`, `DH-2012`
    long awaitHandover(long number) {
        long last = deadline + GRACE_NANOS;
        while (true) {
            HandoverOutcome outcome = HandoverOutcome.load(block.state, number);
            if (outcome != null && outcome.result() == HandoverOutcome.CUT) return outcome.first();
            if (outcome != null) {
                throw failed(
                        ErrorCode.HANDOVER_CANCELLED,
                        "the handover was cancelled: " + outcome.reason(),
                        "nothing has changed; mend that, or force it and leave behind who can't follow");
            }
            if (!block.producerAlive()) throw nobody();
            if (block.kernel.nanos() - last >= 0) {
                throw failed(
                        ErrorCode.PRODUCER_SILENT,
                        "the producer has not told what became of the handover: generation=" + number + ", waited="
                                + timeout + ", producer: " + block.producerText(),
                        "see datahub info " + block.name + "; it may be inside a long write");
            }
            park();
        }
    }

    private boolean late() {
        return block.kernel.nanos() - deadline >= 0;
    }

    private static void park() {
        LockSupport.parkNanos(POLL_NANOS);
        Pause.requireUninterrupted();
    }

    private DataHubException refused(Answer answer, long value) {
        return failed(
                answer.code(),
                "the producer refuses the request: " + answer.why(value),
                "see datahub info " + block.name);
    }

    private DataHubException nobody() {
        return failed(ErrorCode.NO_PRODUCER, "nobody produces into the block", "start its producer, then ask again");
    }

    private DataHubException silent() {
        return failed(
                ErrorCode.PRODUCER_SILENT,
                "the producer has not answered in time: waited=" + timeout + ", producer: " + block.producerText(),
                "it may be stopped, or inside a long write; the request was withdrawn, ask again");
    }

    private DataHubException failed(ErrorCode code, String problem, String advice) {
        return new DataHubException(code, problem + ": block=" + block.name + ", request=" + what, advice);
    }
}
