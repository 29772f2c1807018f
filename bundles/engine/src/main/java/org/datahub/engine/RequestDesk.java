package org.datahub.engine;

import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;

/// Where a producer takes requests: its own thread between two slots, or housekeeping while that
/// thread is outside. Who acts holds the desk's lock, and acts only on a number that is not yet
/// answered.
final class RequestDesk {
    /// What a request comes to.
    ///
    /// @param answer how it went
    /// @param value what it says besides, by kind
    record Reply(Answer answer, long value) {}

    /// Carries requests out.
    interface Duties {
        /// Does it, between two slots.
        Reply carryOut(Request request);

        /// Whether something else is to be done between two slots, as far as another thread can tell.
        boolean due();

        /// Does that, between two slots.
        void act();
    }

    private final Block block;
    private final Occupancy occupancy;
    private final Duties duties;

    RequestDesk(Block block, Occupancy occupancy, Duties duties) {
        this.block = block;
        this.occupancy = occupancy;
        this.duties = duties;
    }

    /// Housekeeping looks at the request word, and acts if the producer's thread is outside. True if
    /// that thread is inside and was asked to do it.
    boolean look() {
        if (pending() == null && !duties.due()) return false;
        synchronized (this) {
            if (!occupancy.ask()) return true;
            answer();
            return false;
        }
    }

    /// The producer's thread acts, between two slots. It has seen then whatever housekeeping did.
    synchronized void serve() {
        occupancy.answered();
        answer();
    }

    private void answer() {
        Request request = pending();
        if (request != null) {
            Reply reply = duties.carryOut(request);
            reply.answer().store(block.state, request.number(), reply.value());
        }
        duties.act();
    }

    /// A request that is not answered, and whose requester lives and waits: he holds byte 2, and has not
    /// marked the words as those of another request since.
    private Request pending() {
        long number = Words.acquire(block.control, ControlLayout.REQUEST_NUMBER);
        if (number == Words.plain(block.state, StateLayout.ANSWER_NUMBER)) return null;
        Request request = Request.load(block.control);
        if (request == null || request.number() != number) return null;
        boolean awaited = block.lock.lockedByOther(RowLayout.ASKING_LOCK);
        return awaited && Request.stands(block.control, number) ? request : null;
    }
}
