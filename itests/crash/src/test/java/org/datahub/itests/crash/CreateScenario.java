package org.datahub.itests.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.StartFrom;
import org.datahub.itests.crash.Notes.Word;

/// A block is made, while what dead builders left lies about: it is there whole, or it is not
/// there.
final class CreateScenario implements Scenario {
    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockProducer out = me.hub().create(me.spec())) {
            me.notes().set(Word.PENDING, 1);
            Writer.write(out, me.incarnation());
            me.done(out.next());
        }
    }

    @Override
    public Witness before(Stage stage) throws IOException {
        Files.createDirectory(stage.directory.resolve(".tmp-0"));
        Path left = Files.createDirectory(stage.directory.resolve(".tmp-1"));
        for (String file : new String[] {"lock", "state", "control"}) Files.createFile(left.resolve(file));
        return () -> after(stage);
    }

    private static void after(Stage stage) {
        boolean there = stage.hub.list().contains(Stage.BLOCK);
        long head = there ? stage.headAfterVictim() : 0;
        if (there) stage.requireNewest(head);
        else if (stage.notes.get(Word.DONE) > 0) throw new AssertionError("a block that held slots is gone");
        try (DataBlockProducer out = stage.hub.create(stage.spec());
                DataBlockConsumer in =
                        stage.hub.attach(Stage.BLOCK, ConsumerSpec.lossless().from(StartFrom.OLDEST))) {
            if (out.next() != head)
                throw new AssertionError("the successor begins at " + out.next() + ", head=" + head);
            Account account = new Account(in, org.datahub.api.Delivery.LOSSLESS, false);
            for (int round = 0; round < 2 * stage.shape.cells(); round++) {
                while (account.position() < out.next()) account.read(Await.PATIENCE);
                Writer.write(out, stage.incarnation());
            }
            while (account.position() < out.next()) account.read(Await.PATIENCE);
            account.requireComplete(out.next());
        }
    }
}
