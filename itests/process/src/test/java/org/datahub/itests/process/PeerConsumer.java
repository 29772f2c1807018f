package org.datahub.itests.process;

import java.time.Duration;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.Delivery;
import org.datahub.api.Next;
import org.datahub.api.Slot;
import org.datahub.api.StartFrom;

/// A lossless consumer (or one of another `delivery`) that holds every slot against [Payload]:
/// numbers without gap (with `passes=true`: that only rise), incarnations that never go back, each
/// byte. It ends with `wrong ...` and a bad exit code at the first fault.
///
/// Says `ready FIRST`, `reading N` after `after` slots, `gap FROM TO`, and at the stream's end
/// `reason ..` and `ended received=.. missed=.. first=.. last=..`. With `stay=read` it says
/// `inside N` at slot `after` and stays inside, with `stay=idle` it says `stopped N` and reads no
/// more. Takes the orders `where`, and `pause`, answered with `paused N`: it reads on at `resume`.
final class PeerConsumer {
    private static final Duration TURN = Duration.ofMillis(200);
    private static final int WARM_UP = 40;

    private final Peer peer;
    private final DataBlockConsumer in;
    private final long after;
    private final String stay;
    private final boolean passes;
    private final long length; // of each payload; 0: what a slot holds
    private long first = -1;
    private long expected = -1;
    private long incarnation;
    private long gapTo = -1;
    private int lateGaps; // behind the first slot; one that goes on where another ended is the same

    PeerConsumer(Peer peer, DataHub hub) {
        this.peer = peer;
        this.after = peer.number("after", 100);
        this.stay = peer.option("stay", "");
        this.passes = Boolean.parseBoolean(peer.option("passes", "false"));
        this.length = peer.number("length", 0);
        this.in = hub.attach(
                peer.option("block"),
                spec(Delivery.valueOf(peer.option("delivery", "LOSSLESS")))
                        .from(StartFrom.valueOf(peer.option("from", "LATEST")))
                        .label(peer.option("label", "consumer")));
    }

    private static ConsumerSpec spec(Delivery delivery) {
        return switch (delivery) {
            case LOSSLESS -> ConsumerSpec.lossless();
            case OBSERVER -> ConsumerSpec.observer();
            case PINNED -> ConsumerSpec.pinned();
        };
    }

    void run() {
        peer.say("ready " + in.number());
        try (in) {
            while (turn()) {
                if (peer.ordered("where")) peer.say("at " + in.number() + " missed=" + in.missed());
                if (peer.ordered("pause")) pause();
            }
        } catch (DataHubException e) {
            wrong(e.getMessage());
        }
    }

    private void pause() {
        peer.say("paused " + in.number());
        peer.awaitOrder("resume");
    }

    private boolean turn() {
        Next next = in.read(TURN, this::check);
        if (next == Next.GAP) {
            peer.say("gap " + in.gapFrom() + " " + in.gapTo() + " " + in.gapReason());
            if (first >= 0 && in.gapFrom() != gapTo) lateGaps++;
            gapTo = in.gapTo();
            expected = gapTo;
        }
        if (next == Next.SLOT && in.received() == after) {
            peer.say("reading " + in.number());
            if (stay.equals("idle")) {
                peer.say("stopped " + in.number());
                Peer.stay();
            }
        }
        if (next != Next.END) return true;
        peer.say("reason " + in.endReason());
        peer.say("ended received=" + in.received() + " missed=" + in.missed() + " first=" + first + " last="
                + (expected - 1));
        return false;
    }

    private void check(Slot slot) {
        long n = slot.number();
        if (first < 0) first = n;
        String fault = fault(slot);
        // What is no longer intact is reported as lost when the read ends, so only an intact slot is judged.
        if (fault != null && slot.intact()) wrong("slot=" + n + ", " + fault);
        expected = n + 1;
        incarnation = slot.user();
        if (stay.equals("read") && in.received() + 1 >= after) {
            peer.say("inside " + n);
            Peer.stay();
        }
    }

    private String fault(Slot slot) {
        if (expected >= 0 && (passes ? slot.number() < expected : slot.number() != expected))
            return "expected=" + expected;
        if (slot.user() < incarnation) return "incarnation=" + slot.user() + ", before=" + incarnation;
        if (slot.length() != (length == 0 ? in.slotBytes() : length)) return "length=" + slot.length();
        long at = Payload.wrong(slot.payload(), 0, slot.length(), slot.number(), slot.user());
        return at < 0 ? null : "incarnation=" + slot.user() + ", byte=" + at;
    }

    private void wrong(String what) {
        peer.say("wrong " + what);
        Runtime.getRuntime().halt(9);
    }

    /// Attaches, reads `after` slots and closes, until the order `end` or the stream's end: says `warm`
    /// after the first round, `came ROUNDS GAPS` in the end. Nothing is lost behind the first slot, but
    /// the slots behind the oldest one can be overwritten before the producer has seen the row: from
    /// `OLDEST` one gap is no fault.
    static void comeAndGo(Peer peer, DataHub hub) {
        boolean oldest = peer.option("from", "LATEST").equals("OLDEST");
        long gaps = 0;
        boolean more = true;
        for (int round = 0; more; round++) {
            PeerConsumer consumer = new PeerConsumer(peer, hub);
            try (DataBlockConsumer in = consumer.in) {
                while (more && in.received() < consumer.after) more = consumer.turn() && !peer.ordered("end");
                if (consumer.lateGaps > (oldest ? 1 : 0)) consumer.wrong("late gaps=" + consumer.lateGaps);
                gaps += consumer.lateGaps;
                if (round == 0) peer.say("warm");
            } catch (DataHubException e) {
                consumer.wrong(e.getMessage());
            }
            if (!more) peer.say("came " + (round + 1) + " " + gaps);
        }
    }

    /// Attaches and closes without end: says `warm` after some rounds, then prints `J` before each
    /// attach and `j` after it.
    static void joinAndLeave(Peer peer, DataHub hub) {
        String name = peer.option("block");
        for (int round = 0; round < WARM_UP; round++)
            hub.attach(name, ConsumerSpec.lossless()).close();
        peer.say("warm");
        while (true) {
            Peer.mark("J");
            DataBlockConsumer in = hub.attach(name, ConsumerSpec.lossless());
            Peer.mark("j");
            in.close();
        }
    }
}
