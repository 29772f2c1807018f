package org.datahub.itests.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.StartFrom;
import org.datahub.api.admin.BlockAdmin;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.itests.crash.Notes.Word;

/// A producer that goes on in a larger generation, then in a smaller one, and gives one up for which
/// there is no room.
///
/// @param value of a state block
record HandoverScenario(boolean value) implements Scenario {
    private static final long NO_ROOM = 1L << 36;

    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public boolean fits(Shape shape) {
        return !value || shape.slots() <= 2;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockProducer out =
                me.hub().create(BlockSpec.named(Stage.BLOCK).writeTimeout(Await.PATIENCE))) {
            long incarnation = me.incarnation();
            me.notes().set(Word.PENDING, 1);
            int slots = me.shape().slots();
            write(me, out, incarnation);
            handOver(me, out, incarnation, value ? 3 - slots : slots + 2, Pattern.MOST_BYTES + 64);
            if (!value) giveUp(me.hub().admin(Stage.BLOCK));
            handOver(me, out, incarnation, slots, Pattern.MOST_BYTES);
        }
    }

    private static void write(Victim me, DataBlockProducer out, long incarnation) {
        for (int round = 0; round < me.shape().cells() + 3; round++) {
            Writer.write(out, incarnation);
            me.done(out.next());
        }
    }

    private static void handOver(Victim me, DataBlockProducer out, long incarnation, int slots, int slotBytes) {
        HandoverSpec wanted = HandoverSpec.same().slots(slots).slotBytes(slotBytes);
        me.hub().admin(Stage.BLOCK).handover(wanted, Await.PATIENCE);
        write(me, out, incarnation);
        Path block = me.hub().directory().resolve(Stage.BLOCK);
        me.await("the generation before is retired", () -> segments(block) == 1);
    }

    private static void giveUp(BlockAdmin admin) {
        try {
            admin.handover(HandoverSpec.same().slots(NO_ROOM), Await.PATIENCE);
        } catch (DataHubException e) {
            if (e.code() == ErrorCode.HANDOVER_CANCELLED) return;
            throw e;
        }
        throw new AssertionError("there was room");
    }

    static long segments(Path block) {
        try (Stream<Path> files = Files.list(block)) {
            return files.filter(file -> file.getFileName().toString().startsWith("data."))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(value ? stage.stateSpec() : stage.spec());
        Reader first = stage.reader(value ? ConsumerSpec.pinned() : ConsumerSpec.lossless());
        Reader observer = stage.reader(ConsumerSpec.observer());
        return () -> {
            long head = stage.headAfterVictim();
            if (!value) {
                requireNewest(stage, head);
                first.awaitPosition(head);
            } else if (head > 0) {
                stage.requireValue(head);
            }
            long end = succeed(stage, head);
            if (value) first.finish(end);
            else first.finishWithoutGap(end);
            observer.finish(end);
        };
    }

    /// The successor takes away whatever the victim left behind.
    static long succeed(Stage stage, long head) {
        try (DataBlockProducer next =
                stage.hub.create(BlockSpec.named(Stage.BLOCK).writeTimeout(Await.PATIENCE))) {
            if (next.next() != head) throw new AssertionError("begins at " + next.next() + ", head=" + head);
            long incarnation = stage.incarnation();
            for (int n = 0; n < 2 * (stage.shape.cells() + 2); n++) Writer.write(next, incarnation);
            Path block = stage.directory.resolve(Stage.BLOCK);
            Await.until("one generation is left", () -> segments(block) == 1);
            stage.hub.admin(Stage.BLOCK).handover(HandoverSpec.same(), Await.PATIENCE);
            Writer.write(next, incarnation);
            return next.next();
        }
    }

    /// At least those of the smaller capacity, whichever generation holds them.
    static void requireNewest(Stage stage, long head) {
        ConsumerSpec spec = ConsumerSpec.observer().from(StartFrom.OLDEST);
        try (DataBlockConsumer in = stage.hub.attach(Stage.BLOCK, spec)) {
            long oldest = in.number();
            if (oldest > Math.max(0, head - stage.shape.slots())) throw new AssertionError("oldest=" + oldest);
            Stage.requireSlots(in, head);
        }
    }
}
