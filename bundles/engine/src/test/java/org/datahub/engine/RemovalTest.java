package org.datahub.engine;

import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.KernelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Deadline
class RemovalTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(3).slotBytes(64).participants(4);

    @Test
    void aBlockThatNobodyUsesGoesWithAllItsFiles() {
        hub.hub().create(spec).close();
        hub.hub().remove("b");
        assertTrue(hub.everything().isEmpty());
        assertRefused(ErrorCode.BLOCK_NOT_FOUND, () -> hub.hub().info("b"));
        hub.hub().create(spec).close();
        assertEquals(0, hub.hub().info("b").next());
    }

    @Test
    void aBlockThatIsAbsentCanNotBeRemoved() {
        assertNames(
                assertRefused(ErrorCode.BLOCK_NOT_FOUND, () -> hub.hub().remove("b")), "name=b", "hub=" + hub.path());
    }

    @Test
    void aBlockInUseStaysAndItsUsersAreNamed() {
        hub.kernel.hurries = true;
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer first = hub.hub().attach("b", ConsumerSpec.lossless());
        DataBlockConsumer second = hub.hub().attach("b", ConsumerSpec.observer());
        assertNames(
                assertRefused(ErrorCode.BLOCK_IN_USE, () -> hub.hub().remove("b")),
                "name=b",
                "the producer",
                "consumer 0",
                "consumer 1");
        first.close();
        out.close();
        var refusal = assertRefused(ErrorCode.BLOCK_IN_USE, () -> hub.hub().remove("b"));
        assertEquals(-1, refusal.problem().indexOf("producer"));
        assertEquals(-1, refusal.problem().indexOf("consumer 0"));
        second.close();
        hub.hub().remove("b");
    }

    @Test
    void aRefusedRemovalDisturbsNobody() {
        hub.kernel.hurries = true;
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        assertRefused(ErrorCode.BLOCK_IN_USE, () -> hub.hub().remove("b"));
        out.write(tx -> tx.length(0));
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertTrue(in.release());
        hub.hub().attach("b", ConsumerSpec.lossless()).close();
    }

    @Test
    void whoDiesInTheSecondOfTheRemovalKeepsNoBlock() {
        hub.hub().declare(spec);
        Block dying = hub.block("b", Block.Use.CONSUME);
        assertTrue(dying.lock.tryLock(RowLayout.FIRST_LOCK + 2));
        Background<Object> removal = Background.run(() -> {
            hub.hub().remove("b");
            return null;
        });
        HubFixture.eventually(() -> removal.thread().getState() == Thread.State.TIMED_WAITING || !removal.running());
        dying.lock.close();
        removal.result();
        assertTrue(hub.everything().isEmpty());
    }

    @Test
    void anAdministratorAtWorkKeepsTheBlock() {
        hub.hub().declare(spec);
        hub.kernel.hurries = true;
        Block admin = hub.block("b", Block.Use.PRODUCE);
        assertTrue(admin.lock.tryLock(RowLayout.ADMIN_LOCK));
        assertNames(assertRefused(ErrorCode.BLOCK_IN_USE, () -> hub.hub().remove("b")), "an administrator");
        admin.lock.unlock(RowLayout.ADMIN_LOCK);
        hub.hub().remove("b");
    }

    @Test
    void theDeadKeepNoBlock() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        hub.kill(out);
        ((Handle) in).block.lock.close();
        hub.hub().remove("b");
        assertTrue(hub.everything().isEmpty());
    }

    @Test
    void whoeverStillMapsTheFilesIsToldByTheState() {
        hub.hub().declare(spec);
        Block look = hub.block("b", Block.Use.LOOK);
        hub.hub().remove("b");
        assertEquals(1, Words.acquire(look.state, StateLayout.REMOVED));
    }

    @Test
    void aRemovalThatItsRemoverDiedInIsFinishedByTheNextProducer() throws IOException {
        hub.hub().create(spec).close();
        hub.poke("b", "state", StateLayout.REMOVED, 1);
        assertRefused(ErrorCode.BLOCK_NOT_FOUND, () -> hub.hub().info("b"));
        assertRefused(ErrorCode.BLOCK_NOT_FOUND, () -> hub.hub().attach("b", ConsumerSpec.lossless()));
        hub.kernel.hurries = true;
        try (DataBlockProducer out = hub.hub().create(spec.slotBytes(8))) {
            assertEquals(8, out.slotBytes());
        }
        assertEquals(List.of("b"), hub.everything());
    }

    @Test
    void aRemovalThatItsRemoverDiedInCanBeRepeated() throws IOException {
        hub.hub().create(spec).close();
        hub.poke("b", "state", StateLayout.REMOVED, 1);
        hub.hub().remove("b");
        assertTrue(hub.everything().isEmpty());
    }

    @Test
    void anotherUsersBlockIsNotRemoved() throws IOException {
        assumeTrue(hub.kernel.uid() == 0, "only root can give a directory away");
        hub.hub().declare(spec);
        Files.setAttribute(hub.path().resolve("b"), "unix:uid", HubDirectoryTest.NOBODY);
        assertNames(
                assertRefused(ErrorCode.FOREIGN_OWNER, () -> hub.hub().remove("b")),
                "owner=" + HubDirectoryTest.NOBODY,
                "caller=0");
        assertTrue(Files.exists(hub.file("b", "state")));
    }

    @Test
    void aRemovalThatTheKernelRefusesIsTyped() {
        hub.hub().declare(spec);
        hub.kernel.fault = (call, name) -> call.equals("rename") ? KernelException.EMFILE : 0;
        assertRefused(ErrorCode.KERNEL, () -> hub.hub().remove("b"));
        hub.kernel.fault = (call, name) -> 0;
        hub.kernel.hurries = true;
        hub.hub().create(spec).close();
        assertEquals(List.of("b"), hub.everything());
    }

    @Test
    void ofManyRemoversOneRemoves() {
        for (int round = 0; round < 20; round++) {
            hub.hub().declare(spec);
            List<Background<String>> removers = IntStream.range(0, 4)
                    .mapToObj(i -> Background.run(() -> {
                        try {
                            hub.hub().remove("b");
                            return "removed";
                        } catch (DataHubException e) {
                            return e.code().name();
                        }
                    }))
                    .toList();
            List<String> outcomes =
                    removers.stream().map(Background::result).sorted().toList();
            assertEquals(1, outcomes.stream().filter("removed"::equals).count(), outcomes::toString);
            for (String outcome : outcomes) {
                assertTrue(List.of("removed", "BLOCK_NOT_FOUND", "BLOCK_IN_USE").contains(outcome), outcomes::toString);
            }
            assertTrue(hub.everything().isEmpty());
        }
    }

    @Test
    void producersAndRemoversThatMeetLeaveAWholeBlockOrNone() {
        for (int round = 0; round < 20; round++) {
            Background<String> producer =
                    Background.run(() -> outcome(() -> hub.hub().create(spec).close()));
            Background<String> remover =
                    Background.run(() -> outcome(() -> hub.hub().remove("b")));
            Background<String> reader = Background.run(() ->
                    outcome(() -> hub.hub().attach("b", ConsumerSpec.lossless()).close()));
            List<String> outcomes = List.of(producer.result(), remover.result(), reader.result());
            List<String> known = List.of("done", "BLOCK_NOT_FOUND", "BLOCK_IN_USE", "BLOCK_REMOVED", "BLOCK_ORPHANED");
            assertTrue(known.containsAll(outcomes), outcomes::toString);
            if (!hub.everything().isEmpty()) hub.hub().info("b");
        }
    }

    private static String outcome(Runnable work) {
        try {
            work.run();
            return "done";
        } catch (DataHubException e) {
            return e.code().name();
        }
    }

    @Test
    void aBlockThatGoesWhileItIsOpenedIsAbsentNotDamaged() {
        for (String file : List.of("state", "data.1")) {
            hub.hub().declare(spec);
            AtomicBoolean there = new AtomicBoolean(true);
            hub.kernel.fault = (call, name) -> {
                if (call.equals("open") && name.equals(file) && there.getAndSet(false))
                    hub.hub().remove("b");
                return 0;
            };
            assertRefused(ErrorCode.BLOCK_NOT_FOUND, () -> hub.hub().attach("b", ConsumerSpec.lossless()));
            assertTrue(!there.get());
        }
    }

    @Test
    void filesThatDoNotBelongToTheBlockGoWithIt() throws IOException {
        hub.hub().declare(spec);
        Path block = hub.path().resolve("b");
        Files.createFile(block.resolve("notes"));
        Files.createSymbolicLink(block.resolve("link"), hub.path());
        Files.createDirectory(block.resolve("empty"));
        hub.hub().remove("b");
        assertTrue(hub.everything().isEmpty());
        assertTrue(Files.exists(hub.path()));
    }
}
