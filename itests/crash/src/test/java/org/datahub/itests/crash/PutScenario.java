package org.datahub.itests.crash;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.datahub.api.Claim;
import org.datahub.api.DataBlockProducer;
import org.datahub.itests.crash.Notes.Word;

/// Payloads that lie elsewhere first and are put into their slots, from the heap and from a mapped file: the two places
/// that store them. (Both copy in Java here; that a copy of the C library is whole shows `PutTest`.)
final class PutScenario implements Scenario {
    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public void victim(Victim me) throws IOException {
        try (Arena arena = Arena.ofConfined();
                DataBlockProducer out = me.hub().create(me.spec())) {
            MemorySegment heap = MemorySegment.ofArray(new byte[Pattern.MOST_BYTES]);
            MemorySegment file = mapped(arena);
            long incarnation = me.incarnation();
            for (int round = 0; round < 3 * me.shape().cells() + 4; round++) {
                me.pace();
                MemorySegment source = round % 2 == 0 ? heap : file;
                if (out.batch() > 1) batch(me, out, source, incarnation);
                else single(me, out, source, incarnation);
                me.done(out.next());
            }
        }
    }

    private static void single(Victim me, DataBlockProducer out, MemorySegment source, long incarnation) {
        if (out.claim(Await.PATIENCE) != Claim.CLAIMED) throw new AssertionError("gated: slot=" + out.next());
        int bytes = Pattern.fill(source, 0, out.next(), incarnation);
        out.put(source, 0, 0, bytes);
        me.notes().set(Word.PENDING, 1);
        out.commit(bytes, incarnation);
    }

    private static void batch(Victim me, DataBlockProducer out, MemorySegment source, long incarnation) {
        int claimed = out.claimBatch(out.batch(), Await.PATIENCE);
        if (claimed == 0) throw new AssertionError("gated: slot=" + out.next());
        for (int index = 0; index < claimed; index++) {
            int bytes = Pattern.fill(source, 0, out.next() + index, incarnation);
            out.put(index, source, 0, 0, bytes);
            out.describe(index, bytes, incarnation);
        }
        me.notes().set(Word.PENDING, claimed);
        out.commitBatch(claimed);
    }

    private static MemorySegment mapped(Arena arena) throws IOException {
        Path file = Files.createTempFile("put-", "");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, Pattern.MOST_BYTES, arena);
        } finally {
            Files.delete(file);
        }
    }

    @Override
    public Witness before(Stage stage) {
        stage.declare(stage.spec());
        return new StreamSurvivors(stage);
    }
}
