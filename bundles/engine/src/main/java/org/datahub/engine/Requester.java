package org.datahub.engine;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.RowLayout;

/// Asks a block's producer for something and waits for its answer. Until then it holds lock byte 1,
/// which tells the producer that somebody waits.
final class Requester {
    private static final long POLL_NANOS = 1_000_000;

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

    /// @throws DataHubException `DH-2010` to `DH-2013`, and what [Block#gone] says
    void ask(long kind, int row, long join) {
        while (!block.lock.tryLock(RowLayout.ADMIN_LOCK)) {
            if (late()) throw failed(ErrorCode.LOCK_TIMEOUT, "another request is at work", "try again");
            park();
        }
        try {
            if (!block.current()) throw block.gone();
            Answer answer = answer(kind, row, join);
            if (answer != Answer.DONE) throw refused(answer);
        } finally {
            block.lock.unlock(RowLayout.ADMIN_LOCK);
        }
    }

    private Answer answer(long kind, int row, long join) {
        if (!block.producerAlive()) throw nobody();
        long number = Request.store(block.control, kind, row, join);
        try {
            while (true) {
                Answer answer = Answer.load(block.state, number);
                if (answer != null) return answer;
                if (!block.producerAlive()) throw nobody();
                if (late()) throw silent();
                park();
            }
        } finally {
            Request.withdraw(block.control);
        }
    }

    private boolean late() {
        return block.kernel.nanos() - deadline >= 0;
    }

    private static void park() {
        LockSupport.parkNanos(POLL_NANOS);
        Pause.requireUninterrupted();
    }

    private DataHubException refused(Answer answer) {
        return failed(
                ErrorCode.REQUEST_REFUSED,
                "the producer refuses the request: " + answer.why(),
                "see datahub info " + block.name + " for who is in which row");
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
