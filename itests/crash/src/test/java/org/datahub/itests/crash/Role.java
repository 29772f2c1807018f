package org.datahub.itests.crash;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.FlexibleZone;
import org.datahub.api.Next;
import org.datahub.api.Participant;
import org.datahub.api.SharedLock;
import org.datahub.api.SyncPolicy;
import org.datahub.itests.crash.Notes.Word;

/// What a [Worker] does.
enum Role {
    /// Writes a stream and a state block.
    PRODUCER {
        @Override
        void play(Worker me) throws Exception {
            produce(me);
        }
    },
    /// Reads the stream without loss.
    LOSSLESS {
        @Override
        void play(Worker me) throws Exception {
            consume(me, STREAM, ConsumerSpec.lossless());
        }
    },
    /// Reads the stream as copies.
    OBSERVER {
        @Override
        void play(Worker me) throws Exception {
            consume(me, STREAM, ConsumerSpec.observer());
        }
    },
    /// Reads the state block in place.
    PINNED {
        @Override
        void play(Worker me) throws Exception {
            consume(me, STATE, ConsumerSpec.pinned());
        }
    };

    static final String STREAM = "stream";
    static final String STATE = "state";
    static final String ZONE = "zone";
    private static final int ZONE_BYTES = 128;
    private static final int SLOTS = 32;
    private static final int BATCH = 4;
    private static final int ROWS = 4;
    private static final Duration READ = Duration.ofMillis(50);
    private static final Duration TRY = Duration.ofMillis(20);
    /// Rounds after which a participant beside a hostile one leaves and joins anew.
    private static final long VISIT = 400;
    private static final long IDLE_NANOS = 200_000;

    abstract void play(Worker me) throws Exception;

    static BlockSpec stream(Duration writeTimeout) {
        return BlockSpec.named(STREAM)
                .slotBytes(Pattern.MOST_BYTES)
                .slots(SLOTS)
                .batch(BATCH)
                .participants(ROWS)
                .zone(ZONE, ZONE_BYTES, 4)
                .locks(2)
                .writeTimeout(writeTimeout);
    }

    static BlockSpec state() {
        return BlockSpec.named(STATE)
                .slotBytes(Pattern.MOST_BYTES)
                .slots(2)
                .participants(ROWS)
                .zone(ZONE, ZONE_BYTES, 4)
                .locks(2)
                .policy(SyncPolicy.LATEST_ONLY);
    }

    private static void produce(Worker me) {
        Duration patience = me.tolerant() ? READ : Await.PATIENCE;
        long together = together(me);
        Random random = new Random(ProcessHandle.current().pid() * 31 + Settings.SEED);
        try (DataBlockProducer stream = me.hub().create(stream(patience));
                DataBlockProducer state = me.hub().create(state())) {
            requireHead(me, stream);
            long incarnation = me.hub().info(STREAM).incarnation();
            long stateIncarnation = me.hub().info(STATE).incarnation();
            me.begun();
            for (long round = 0; !me.stopping(); round++) {
                write(me, stream, incarnation, random, patience);
                me.progress(stream.next(), 0);
                me.notes().set(Word.PENDING, 0);
                me.timed(Duration.ZERO, () -> {
                    Writer.write(state, stateIncarnation);
                    return null;
                });
                if (round % together == 0) together(me, stream);
                if (round % together == together / 2) together(me, state);
                if (round % 32 == 0) LockSupport.parkNanos(IDLE_NANOS);
                if (me.tolerant() && round == VISIT) return;
            }
        }
    }

    /// A successor goes on exactly where the dead one was.
    private static void requireHead(Worker me, DataBlockProducer stream) {
        long done = me.notes().get(Word.DONE);
        long pending = me.notes().get(Word.PENDING);
        if (me.tolerant() || stream.next() == done || stream.next() == done + pending) return;
        throw new AssertionError("committed=" + done + ", about to commit=" + pending + ", next=" + stream.next());
    }

    private static void write(Worker me, DataBlockProducer out, long incarnation, Random random, Duration patience) {
        try {
            int wanted = 1 + random.nextInt(BATCH);
            int claimed = me.timed(patience, () -> out.claimBatch(wanted, patience));
            if (claimed == 0) return;
            if (random.nextInt(16) == 0) {
                Pattern.fill(out.segment(), out.offset(), out.next() + 1, incarnation);
                out.abort();
                return;
            }
            for (int index = 0; index < claimed; index++) {
                int bytes = Pattern.fill(out.segment(), out.offset(index), out.next() + index, incarnation);
                out.describe(index, bytes, incarnation);
            }
            me.notes().set(Word.PENDING, claimed);
            out.commitBatch(claimed);
        } catch (DataHubException e) {
            if (!me.tolerant() || e.code() != ErrorCode.WRITE_TIMEOUT) throw e;
            me.notes().add(Word.REFUSED, 1);
        }
    }

    private static void requireUniform(byte[] snapshot) {
        for (byte each : snapshot) {
            if (each != snapshot[0])
                throw new AssertionError("torn snapshot: " + HexFormat.of().formatHex(snapshot));
        }
    }

    private static void consume(Worker me, String block, ConsumerSpec spec) throws Exception {
        boolean state = block.equals(STATE);
        ConsumerSpec patient = spec.attachTimeout(me.tolerant() ? READ : Await.PATIENCE);
        try (DataBlockConsumer in = me.hub().attach(block, patient)) {
            Account account = new Account(in, spec.delivery(), state);
            if (me.tolerant()) account.evictable();
            me.begun();
            long incarnation = 0;
            long together = together(me);
            for (long round = 0; ; round++) {
                Next next = step(me, account, round);
                me.progress(account.position(), account.verified());
                if (next == Next.GAP) me.notes().add(Word.MISSED, 1);
                if (next == Next.END && me.stopping()) break;
                if (next == Next.END) LockSupport.parkNanos(IDLE_NANOS);
                if (me.tolerant() && (me.stopping() || round == VISIT)) break;
                if (round % together == together / 2) together(me, in);
                if (account.incarnation() != incarnation && !state) {
                    incarnation = account.incarnation();
                    me.wrote(account.last(), incarnation);
                }
            }
            account.requireComplete(account.position());
        }
    }

    private static Next step(Worker me, Account account, long round) {
        int most = (int) (round % 3);
        return me.timed(READ, () -> most == 0 ? account.read(READ) : account.take(most, READ));
    }

    /// Rounds between two visits to zones and locks.
    private static long together(Worker me) {
        return me.tolerant() ? 16 : 512;
    }

    /// What participants share beside the slots. Where a stranger writes too it may be anything;
    /// else a snapshot is one that somebody published, whoever died while he did.
    private static void together(Worker me, Participant participant) {
        FlexibleZone zone = participant.zone(ZONE);
        SharedLock lock = participant.lock(0);
        try {
            if (me.timed(TRY, () -> lock.lock(TRY)) != SharedLock.Outcome.TIMEOUT) lock.unlock();
            me.timed(TRY, () -> zone.awaitChange(zone.changes(), TRY));
            byte[] seen = new byte[ZONE_BYTES];
            me.timed(TRY, () -> zone.read(MemorySegment.ofArray(seen)));
            if (!me.tolerant()) requireUniform(seen);
            byte mine = (byte) ProcessHandle.current().pid();
            me.timed(TRY, () -> zone.publish(TRY, snapshot -> snapshot.fill(mine)));
        } catch (DataHubException e) {
            if (e.code() != ErrorCode.LOCK_TIMEOUT) throw e;
            me.notes().add(Word.REFUSED, 1);
        }
    }
}
