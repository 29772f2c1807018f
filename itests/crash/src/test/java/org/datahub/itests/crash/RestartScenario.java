package org.datahub.itests.crash;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.time.Duration;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.engine.Inside;
import org.datahub.itests.crash.Notes.Word;

/// A block that stood on a disk while the machine was restarted is made fit for use, by one who dies
/// over it: the next one does it, and numbers go on.
final class RestartScenario implements Scenario {
    private final boolean value;

    /// Of a state block if `value`, else of a stream.
    RestartScenario(boolean value) {
        this.value = value;
    }

    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public boolean fits(Shape shape) {
        return !value || shape.slots() <= 2;
    }

    private BlockSpec spec(Shape shape) {
        BlockSpec spec = Stage.spec(shape);
        return value ? spec.policy(SyncPolicy.LATEST_ONLY).integrityMode(IntegrityMode.ENFORCED) : spec;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockProducer out = me.hub().create(spec(me.shape()))) {
            if (out.next() < me.notes().get(Word.DONE)) throw new AssertionError("numbers do not go on: " + out.next());
        }
    }

    @Override
    public Witness before(Stage stage) throws IOException {
        BlockSpec spec = spec(stage.shape);
        stage.declare(spec);
        DataBlockConsumer left = stage.hub.attach(Stage.BLOCK, ConsumerSpec.observer());
        DataBlockProducer first = stage.hub.create(spec);
        for (int round = 0; round < stage.shape.slots() + 2; round++) Writer.write(first, 1);
        stage.notes.set(Word.DONE, first.next());
        Inside.die(stage.hub, first);
        Inside.die(stage.hub, left);
        poke(stage, "state", StateLayout.BOOT_ID_HIGH, 1);
        poke(stage, "state", StateLayout.BOOT_ID_LOW, 2);
        // Pages of different age: the word that tells the newest is older than what it tells.
        if (value) poke(stage, "data.1", DataLayout.LATEST, 0);
        else poke(stage, "data.1", payloadOf1(stage), -1); // and one of the slots is torn, below the K newest
        return () -> after(stage, spec);
    }

    private static long payloadOf1(Stage stage) throws IOException {
        String path = stage.directory.resolve(Stage.BLOCK).resolve("data.1").toString();
        try (RandomAccessFile file = new RandomAccessFile(path, "r")) {
            file.seek(DataLayout.FIRST_PAYLOAD);
            long first = Long.reverseBytes(file.readLong());
            file.seek(DataLayout.STRIDE);
            return first + Long.reverseBytes(file.readLong());
        }
    }

    private static void poke(Stage stage, String file, long offset, long word) throws IOException {
        String path = stage.directory.resolve(Stage.BLOCK).resolve(file).toString();
        try (RandomAccessFile target = new RandomAccessFile(path, "rw")) {
            target.seek(offset);
            target.writeLong(Long.reverseBytes(word));
        }
    }

    private void after(Stage stage, BlockSpec spec) {
        long written = stage.notes.get(Word.DONE);
        boolean sealed = spec.integrityMode() == IntegrityMode.ENFORCED;
        try (DataBlockProducer out = stage.hub.create(spec)) {
            if (out.next() < written) throw new AssertionError("goes on at " + out.next() + ", written=" + written);
            if (sealed && out.next() != written) throw new AssertionError("skips to " + out.next());
            if (sealed && value) stage.requireValue(written);
            else if (sealed) stage.requireNewest(written);
            else requireNothing(stage, out.next());
            Writer.write(out, stage.incarnation());
        }
    }

    private static void requireNothing(Stage stage, long head) {
        ConsumerSpec how = ConsumerSpec.observer().from(StartFrom.OLDEST);
        try (DataBlockConsumer in = stage.hub.attach(Stage.BLOCK, how)) {
            while (in.number() < head) {
                Next next = in.read(Duration.ZERO, slot -> {});
                if (next != Next.GAP) throw new AssertionError("slot " + in.number() + " of " + head + ": " + next);
            }
        }
    }
}
