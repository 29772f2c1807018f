package org.datahub.engine;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.keys.KeyRing;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;

/// Asks a block's producer for something and waits for its answer. Until then it holds lock byte 1, so
/// that requests come one after the other, and from its request on lock byte 2, which tells the
/// producer that somebody waits for just this one.
///
/// Where nobody produces it asks a stand-in, a producer's handle of its own. That goes with the
/// requester, or as soon as a producer waits for its byte.
final class Requester implements AutoCloseable {
    private static final long POLL_NANOS = 1_000_000;
    private static final long GRACE_NANOS = 1_000_000_000;
    private static final Duration CANCEL = Duration.ofSeconds(1);

    final Block block;
    private final String what;
    private final Duration timeout;
    private final long deadline;
    private final Supplier<Producer> standIns;
    private final Producer own;
    private Producer standIn;

    /// `what` is asked for, in words. `standIns` makes one, or returns null where somebody produces. `own`
    /// is the producer that is asked, where the caller has it; else null.
    Requester(Block block, String what, Duration timeout, Supplier<Producer> standIns, Producer own) {
        this.block = block;
        this.what = what;
        this.timeout = timeout;
        this.deadline = Handle.deadline(block.kernel.nanos(), timeout);
        this.standIns = standIns;
        this.own = own;
    }

    /// @return what the answer says besides
    /// @throws DataHubException `DH-2010` to `DH-2013`, and what [Block#gone] says
    long ask(long kind, long... values) {
        while (!block.lock.tryLock(RowLayout.ADMIN_LOCK)) {
            if (late()) throw failed(ErrorCode.LOCK_TIMEOUT, "another request is at work", "try again");
            pause();
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

    /// Of whoever produces, or stands in, until it has answered.
    private Answer answer(long kind, long[] values) {
        while (true) {
            if (!block.producerAlive()) standIn();
            if (block.producerAlive()) {
                long number = answered(kind, values);
                // A successor may have answered what the producer that died did not.
                Answer answer = Answer.load(block.state, number);
                if (answer != null) return answer;
            }
            if (late()) throw nobody("nobody produces into the block");
            pause();
        }
    }

    /// Waits until a request is answered, or its producer has gone; its number.
    private long answered(long kind, long[] values) {
        long number = Request.store(block.control, kind, values);
        try {
            while (!block.lock.tryLock(RowLayout.ASKING_LOCK)) {
                if (late()) throw silent(); // a child that was forked from the one before has not reached its exec
                pause();
            }
            while (true) {
                help();
                if (Answer.load(block.state, number) != null || !block.producerAlive()) return number;
                if (late()) throw silent();
                pause();
            }
        } finally {
            Request.withdraw(block.control);
            block.lock.unlock(RowLayout.ASKING_LOCK);
        }
    }

    private void standIn() {
        standBack();
        if (producerWaits()) return;
        try {
            standIn = standIns.get();
        } catch (DataHubException e) {
            if (e.code() != ErrorCode.FOREIGN_OWNER) throw e;
            throw nobody("nobody produces into the block, and only its owner may stand in: " + e.problem());
        }
    }

    /// A producer's handle that is here need not be waited for.
    private void help() {
        if (standIn != null) standIn.errand();
        else if (own != null) own.errand();
    }

    private boolean producerWaits() {
        return block.lock.lockedByOther(RowLayout.WAITING_LOCK);
    }

    private void standBack() {
        if (standIn != null) standIn.close();
        standIn = null;
    }

    @Override
    public void close() {
        standBack();
    }

    /// Has the block handed over; the first slot of its next generation.
    ///
    /// @throws DataHubException `DH-2014`; others as for [#ask]
    long handOver(Handover.Wanted wanted) {
        while (true) {
            HandoverOutcome outcome = outcome(ask(ControlLayout.HANDOVER, wanted.values()));
            if (outcome == null) continue; // the producer that waited is asked
            if (outcome.result() == HandoverOutcome.CUT) return outcome.first();
            throw failed(
                    ErrorCode.HANDOVER_CANCELLED,
                    "the handover was cancelled: " + outcome.reason(),
                    "nothing has changed; mend that, or force it and leave behind who can't follow");
        }
    }

    /// What becomes of the handover to generation `number`. The producer ends it one way or the other
    /// when the time is up; one that began late is told to give it up. Null where a stand-in gave it
    /// up for a producer, and there is time left.
    ///
    /// @throws DataHubException `DH-2011`, `DH-2012`
    private HandoverOutcome outcome(long number) {
        long last = deadline + GRACE_NANOS;
        while (true) {
            boolean gone = !block.producerAlive();
            boolean yields = standIn != null && producerWaits();
            if (yields) standBack();
            help();
            HandoverOutcome outcome = HandoverOutcome.load(block.state, number);
            boolean cancelled = outcome != null && outcome.result() == HandoverOutcome.CANCELLED;
            if (yields && cancelled && !late()) return null;
            if (outcome != null) return outcome;
            if (gone) throw nobody("nobody produces into the block any more");
            if (block.kernel.nanos() - last >= 0) return cancelled(number);
            pause();
        }
    }

    /// What the producer has not cut over to when it is told so, it never will.
    private HandoverOutcome cancelled(long number) {
        standBack();
        HandoverOutcome outcome = HandoverOutcome.load(block.state, number);
        if (outcome != null) return outcome;
        try (Requester canceller = new Requester(block, what, CANCEL, () -> null, own)) {
            canceller.ask(ControlLayout.CANCEL, number);
            return new HandoverOutcome(HandoverOutcome.CANCELLED, 0, "it was not over in time: waited=" + timeout);
        } catch (DataHubException e) {
            outcome = HandoverOutcome.load(block.state, number); // over meanwhile
            if (outcome == null) throw unknown(number);
            return outcome;
        }
    }

    private DataHubException unknown(long number) {
        return failed(
                ErrorCode.PRODUCER_SILENT,
                "the producer has not told what became of the handover, and may still go over: generation=" + number
                        + ", waited=" + timeout + ", producer: " + block.producerText(),
                "datahub info " + block.name + " shows the generation; datahub handover " + block.name
                        + " --cancel when the producer is back");
    }

    private boolean late() {
        return block.kernel.nanos() - deadline >= 0;
    }

    private static void pause() {
        LockSupport.parkNanos(POLL_NANOS);
        Pause.requireUninterrupted();
    }

    private DataHubException refused(Answer answer, long value) {
        boolean keyless = answer == Answer.NO_KEY || answer == Answer.NO_PROVIDER;
        if (standIn != null && keyless) {
            long epoch = KeyEpochs.newest(block.state);
            return failed(
                    answer.code(),
                    "nobody produces into the block, and its key is not here: key.epoch=" + epoch + ", key.id="
                            + KeyRing.hex(KeyEpochs.keyId(block.state, epoch)),
                    "start its producer, or give the key: datahub key rotate " + block.name + " --key-file FILE");
        }
        return failed(
                answer.code(),
                "the producer refuses the request: " + answer.why(value),
                "see datahub info " + block.name);
    }

    private DataHubException nobody(String problem) {
        return failed(ErrorCode.NO_PRODUCER, problem, "start its producer, then ask again");
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
