package org.datahub.itests.process;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.WriteTransaction;

/// Writes as fast as it may, each slot filled by [Payload] and marked with its incarnation.
///
/// Says `opening`, `ready NEXT INCARNATION`, `gate N` and `open N` around a wait of more than
/// `patience` ms, `refused CODE
/// N` where a write ran into its `timeout` (ms), `half N` inside a transaction, `cut N NANOS` where slot N is the first
/// of another generation and was claimed that long after the commit before it, `longest NANOS` for the longest such
/// wait elsewhere behind the first cut, `ended NEXT`. Takes
/// the orders `go` (with
/// `hold=true`), `half` and `end`. With `capacity` it hands the block over to so many slots, each of twice `length`.
final class PeerProducer {
    private static final Duration DRAIN = Duration.ofSeconds(60);

    private final Peer peer;
    private final DataHub hub;
    private final String name;
    private final Duration patience;
    private final Duration timeout;
    private final long slots;
    private final long length; // of each payload; 0: what a slot holds
    private MemorySegment written;
    private long committed;
    private long longest;
    private boolean cut;
    private long incarnation;

    PeerProducer(Peer peer, DataHub hub) {
        this.peer = peer;
        this.hub = hub;
        this.name = peer.option("block");
        this.patience = peer.millis("patience", 50);
        this.timeout = peer.millis("timeout", 60_000);
        this.slots = peer.number("slots", Long.MAX_VALUE);
        this.length = peer.number("length", 0);
    }

    void run() {
        peer.say("opening");
        try (DataBlockProducer out = hub.create(spec())) {
            incarnation = hub.info(name).incarnation();
            peer.say("ready " + out.next() + " " + incarnation);
            if (Boolean.parseBoolean(peer.option("hold", "false"))) peer.awaitOrder("go");
            written = out.segment();
            while (out.next() < slots && !peer.ordered("end")) {
                if (peer.ordered("half")) stayInside(out);
                write(out);
            }
            if (!out.drain(DRAIN)) peer.say("not drained");
            if (cut) peer.say("longest " + longest);
            peer.say("ended " + out.next());
        } catch (DataHubException e) {
            peer.say("failed " + e.code().text() + " " + e.problem());
        }
    }

    private BlockSpec spec() {
        BlockSpec spec = BlockSpec.named(name);
        long capacity = peer.number("capacity", 0);
        return capacity == 0 ? spec : spec.slots(capacity).slotBytes(2 * length).handover(timeout);
    }

    private void write(DataBlockProducer out) {
        if (out.claim(patience) == Claim.FULL) awaitGate(out);
        long waited = System.nanoTime() - committed;
        if (out.segment() != written) tellCut(out, waited);
        else if (cut) longest = Math.max(longest, waited);
        long bytes = length == 0 ? out.slotBytes() : length;
        Payload.fill(written, out.offset(), bytes, out.next(), incarnation);
        out.commit(bytes, incarnation);
        committed = System.nanoTime();
    }

    private void tellCut(DataBlockProducer out, long waited) {
        cut = true;
        written = out.segment();
        peer.say("cut " + out.next() + " " + waited);
    }

    private void awaitGate(DataBlockProducer out) {
        peer.say("gate " + out.next());
        while (true) {
            try {
                // A transaction, because it is what answers with an error; the slot is claimed anew below.
                out.begin(timeout).abort();
                break;
            } catch (DataHubException e) {
                peer.say("refused " + e.code().text() + " " + out.next());
            }
        }
        peer.say("open " + out.next());
        while (out.claim(timeout) == Claim.FULL) continue;
    }

    private void stayInside(DataBlockProducer out) {
        try (WriteTransaction tx = out.begin(timeout)) {
            Payload.fill(tx.payload(), 0, 0, out.slotBytes() / 2 & ~7L, tx.number(), incarnation);
            peer.say("half " + tx.number());
            Peer.stay();
        }
    }
}
