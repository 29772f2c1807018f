package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.HubFixture.eventually;
import static org.datahub.engine.Refusals.assertRefusal;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.layout.StateLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Deadline
class OrphanTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(3).slotBytes(8).writeTimeout(LONG);

    /// What an operator or another program does to a block in use, past every lock.
    enum Accident {
        DELETED,
        MOVED_AWAY,
        MADE_ANEW;

        void happens(HubFixture hub, BlockSpec spec) {
            Path block = hub.path().resolve("b");
            try {
                if (this == DELETED) {
                    try (Stream<Path> files = Files.list(block)) {
                        for (Path file : files.toList()) Files.delete(file);
                    }
                    Files.delete(block);
                } else {
                    Files.move(block, hub.path().resolve("elsewhere"));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (this == MADE_ANEW) hub.open("another").create(spec);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoeverWaitsIsToldWithinAFewBeats(Accident accident) {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer gating = hub.hub().attach("b", ConsumerSpec.lossless());
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.observer());
        for (int i = 0; i < 3; i++) out.write(tx -> tx.length(0));
        for (int i = 0; i < 3; i++) assertEquals(Next.SLOT, in.next(Duration.ZERO));
        Background<Next> reader = Background.run(() -> in.next(LONG));
        Background<Claim> writer = Background.run(() -> out.claim(LONG));
        accident.happens(hub, spec);
        assertRefusal(ErrorCode.BLOCK_ORPHANED, reader.failure());
        assertRefusal(ErrorCode.BLOCK_ORPHANED, writer.failure());
        assertOrphaned(gating);
        assertRefused(ErrorCode.BLOCK_ORPHANED, () -> in.next(Duration.ZERO));
        assertRefused(ErrorCode.BLOCK_ORPHANED, () -> out.claim(Duration.ZERO));
        out.close();
        in.close();
        assertRefused(ErrorCode.HANDLE_CLOSED, () -> in.next(Duration.ZERO));
    }

    @ParameterizedTest
    @EnumSource
    void whoeverIsIdleIsToldByItsNextCall(Accident accident) {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        accident.happens(hub, spec);
        assertOrphaned(in);
        eventually(() -> {
            try {
                if (out.claim(Duration.ZERO) == Claim.CLAIMED) out.abort();
                return false;
            } catch (DataHubException e) {
                assertRefusal(ErrorCode.BLOCK_ORPHANED, e);
                return true;
            }
        });
    }

    private void assertOrphaned(DataBlockConsumer in) {
        eventually(() -> {
            try {
                in.next(Duration.ZERO);
                return false;
            } catch (DataHubException e) {
                Refusals.assertNames(assertRefusal(ErrorCode.BLOCK_ORPHANED, e), "name=b", "hub=" + hub.path());
                return true;
            }
        });
    }

    @Test
    void aSlotThatIsClaimedWhenTheNameVanishesCanStillBeEnded() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        assertEquals(Claim.CLAIMED, out.claim(Duration.ZERO));
        Accident.DELETED.happens(hub, spec);
        assertOrphaned(in);
        out.commit(0);
        assertRefused(ErrorCode.BLOCK_ORPHANED, () -> out.write(tx -> {}));
    }

    @Test
    void theBlockThatWasMadeAnewWorksBesideTheOrphans() {
        DataBlockProducer orphan = hub.hub().create(spec);
        Accident.MOVED_AWAY.happens(hub, spec);
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        orphan.close();
        out.write(tx -> tx.length(0));
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertTrue(in.release());
        assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
    }

    @Test
    void aConsumerOfABlockThatSaysItIsRemovedIsToldSo() throws IOException {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        Background<Next> reader = Background.run(() -> in.next(LONG));
        hub.poke("b", "state", StateLayout.REMOVED, 1);
        assertRefusal(ErrorCode.BLOCK_REMOVED, reader.failure());
        assertRefused(ErrorCode.BLOCK_REMOVED, () -> in.next(SOON));
        eventually(() -> {
            try {
                out.write(tx -> tx.length(0));
                return false;
            } catch (DataHubException e) {
                assertRefusal(ErrorCode.BLOCK_REMOVED, e);
                return true;
            }
        });
    }
}
