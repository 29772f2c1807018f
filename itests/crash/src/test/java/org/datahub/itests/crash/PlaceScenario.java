package org.datahub.itests.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.itests.crash.Notes.Word;

/// A block is made outside the hub directory, where a file still tells the place of one that is gone,
/// while what dead builders left lies about.
final class PlaceScenario implements Scenario {
    static BlockSpec spec(Shape shape) {
        return Stage.spec(shape).allocator("file");
    }

    @Override
    public Party party() {
        return Party.PRODUCER;
    }

    @Override
    public void victim(Victim me) {
        try (DataBlockProducer out = me.hub().create(spec(me.shape()))) {
            me.notes().set(Word.PENDING, 1);
            Writer.write(out, me.incarnation());
            me.done(out.next());
        }
    }

    @Override
    public Witness before(Stage stage) throws IOException {
        stage.makeHome();
        stage.declare(spec(stage.shape));
        Stage.removeTree(stage.home().resolve(Stage.BLOCK));
        Files.createFile(stage.directory.resolve(".place-0"));
        Path left = Files.createDirectory(stage.home().resolve(".tmp-1"));
        for (String file : new String[] {"lock", "state", "control"}) Files.createFile(left.resolve(file));
        return () -> after(stage);
    }

    private static void after(Stage stage) {
        boolean there = stage.hub.list().contains(Stage.BLOCK)
                && Files.exists(stage.home().resolve(Stage.BLOCK).resolve("state"));
        long head = there ? stage.headAfterVictim() : 0;
        if (there) stage.requireNewest(head);
        else if (stage.notes.get(Word.DONE) > 0) throw new AssertionError("a block that held slots is gone");
        try (DataBlockProducer out = stage.hub.create(spec(stage.shape))) {
            if (out.next() != head) throw new AssertionError("begins at " + out.next() + ", head=" + head);
            Writer.write(out, stage.incarnation());
            stage.requireNewest(head + 1);
        }
    }
}
