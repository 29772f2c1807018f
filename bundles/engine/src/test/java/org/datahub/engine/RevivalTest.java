package org.datahub.engine;

import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A machine that was restarted, as its disk shows it: another id of the boot stands in `state`, and
/// nobody lives.
@Deadline
class RevivalTest {
    private static final Duration SOON = Duration.ofSeconds(1);

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(8).slotBytes(64).participants(4);

    @Test
    void numbersGoOnAndWhatCanBeProvenIsServed() throws IOException {
        written(spec, 10);
        restart();
        try (DataBlockProducer out = hub.hub().create(spec)) {
            assertEquals(10, out.next());
            assertEquals(List.of("2..9"), seen(ConsumerSpec.observer()));
            out.write(tx -> tx.user(10).length(0));
            assertEquals(List.of("3..10"), seen(ConsumerSpec.lossless()));
        }
    }

    private void written(BlockSpec block, int slots) {
        DataBlockProducer out = hub.hub().create(block);
        for (int n = 0; n < slots; n++) {
            long word = n;
            out.write(tx -> tx.user(word).length(64));
        }
        hub.kill(out);
    }

    private void restart() throws IOException {
        hub.poke("b", "state", StateLayout.BOOT_ID_HIGH, 1);
        hub.poke("b", "state", StateLayout.BOOT_ID_LOW, 2);
    }

    /// What a consumer from the oldest slot on gets: runs of slots, and gaps with an exclamation mark.
    private List<String> seen(ConsumerSpec how) {
        List<String> seen = new ArrayList<>();
        try (DataBlockConsumer in = hub.hub().attach("b", how.from(StartFrom.OLDEST))) {
            long[] run = {-1, -1};
            while (true) {
                Next next = in.read(Duration.ofMillis(20), slot -> {
                    assertEquals(slot.number(), slot.user());
                    if (run[0] < 0) run[0] = slot.number();
                    run[1] = slot.number();
                });
                if (next == Next.SLOT) continue;
                if (run[0] >= 0) seen.add(run[0] + ".." + run[1]);
                run[0] = -1;
                if (next != Next.GAP) return seen;
                seen.add("!" + in.gapFrom() + ".." + (in.gapTo() - 1));
            }
        }
    }

    @Test
    void aSlotThatFailsItsVerificationIsAGap() throws IOException {
        written(spec, 10);
        hub.flip("b", "data.1", cellOf(5) + SlotHeader.BYTES);
        hub.flip("b", "data.1", cellOf(9) + SlotHeader.BYTES);
        restart();
        try (DataBlockProducer out = hub.hub().create(spec)) {
            assertEquals(10, out.next(), "the number was given to somebody");
            assertEquals(List.of("2..4", "!5..5", "6..8", "!9..9"), seen(ConsumerSpec.observer()));
            assertEquals(List.of("2..4", "!5..5", "6..8", "!9..9"), seen(ConsumerSpec.lossless()));
            out.write(tx -> tx.user(10).length(64));
            assertEquals(List.of("3..4", "!5..5", "6..8", "!9..9", "10..10"), seen(ConsumerSpec.lossless()));
        }
    }

    private long cellOf(long n) {
        return hub.block("b", Block.Use.LOOK).geometry.cellOf(n);
    }

    /// Nothing proves what stood there: no slot from before is served.
    @Test
    void withoutSealsNothingFromBeforeIsServed() throws IOException {
        BlockSpec open = spec.integrity("none");
        written(open, 10);
        restart();
        try (DataBlockProducer out = hub.hub().create(open)) {
            assertEquals(10, out.next());
            assertEquals(
                    List.of("!2..2", "!3..3", "!4..4", "!5..5", "!6..6", "!7..7", "!8..8", "!9..9"),
                    seen(ConsumerSpec.lossless().accept("none")));
            out.write(tx -> tx.user(10).length(64));
            try (DataBlockConsumer in =
                    hub.hub().attach("b", ConsumerSpec.lossless().accept("none"))) {
                out.write(tx -> tx.user(11).length(64));
                assertEquals(Next.SLOT, in.read(SOON, slot -> assertEquals(11, slot.number())));
            }
        }
    }

    @Test
    void whatTheProgramsSealThemselvesIsNotServedEither() throws IOException {
        BlockSpec manual = spec.integrityMode(IntegrityMode.MANUAL);
        written(manual, 10);
        restart();
        try (DataBlockProducer out = hub.hub().create(manual)) {
            assertEquals(10, out.next());
            assertTrue(seen(ConsumerSpec.lossless()).stream().allMatch(each -> each.startsWith("!")));
        }
    }

    /// The page with `head` may be older than those with the slots.
    @Test
    void aHeadThatIsOlderThanTheSlotsDoesNotGiveANumberTwice() throws IOException {
        written(spec, 10);
        hub.poke("b", "data.1", DataLayout.HEAD, 3);
        hub.flip("b", "data.1", cellOf(5) + SlotHeader.BYTES);
        restart();
        try (DataBlockProducer out = hub.hub().create(spec)) {
            assertEquals(10, out.next());
        }
    }

    @Test
    void aStampThatIsNotThatOfItsCellIsNone() throws IOException {
        written(spec, 3);
        hub.poke("b", "data.1", cellOf(1), 1000);
        hub.poke("b", "data.1", cellOf(2), -5);
        restart();
        try (DataBlockProducer out = hub.hub().create(spec)) {
            assertEquals(3, out.next());
            assertEquals(List.of("0..0", "!1..1", "!2..2"), seen(ConsumerSpec.observer()));
        }
    }

    /// Whoever has the provider verifies before it is delivered.
    @Test
    void aSlotWhoseProviderIsNotThereStays() throws IOException {
        written(spec, 3);
        restart();
        hub.providers.remove(hub.crc32c);
        hub.hub().declare(spec);
        hub.providers.add(hub.crc32c, 0);
        assertEquals(List.of("0..2"), seen(ConsumerSpec.observer()));
    }

    @Test
    void nobodyHasARowAnyMore() throws IOException {
        hub.hub().declare(spec);
        long row = ControlLayout.row(2);
        hub.poke("b", "control", row + RowLayout.ACTIVE, RowLayout.LOSSLESS);
        hub.poke("b", "control", row + RowLayout.CURSOR, 0);
        hub.poke("b", "state", StateLayout.EVICTED, 4);
        assertEquals(1, hub.hub().info("b").rows().size());
        restart();
        hub.hub().declare(spec);
        assertEquals(List.of(), hub.hub().info("b").rows());
        Block block = hub.block("b", Block.Use.LOOK);
        assertEquals(0, Words.acquire(block.state, StateLayout.EVICTED));
        assertTrue(Revival.needless(block));
    }

    @Test
    void aConsumerWaitsForTheProducerOrTheDeclaration() throws IOException {
        written(spec, 3);
        restart();
        ConsumerSpec how = ConsumerSpec.observer().from(StartFrom.OLDEST);
        assertRefused(ErrorCode.BLOCK_NOT_FOUND, () -> hub.hub().attach("b", how));
        Thread waiting = Thread.ofPlatform()
                .start(() -> hub.hub()
                        .attach("b", how.attachTimeout(Duration.ofSeconds(20)))
                        .close());
        HubFixture.eventually(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        hub.hub().declare(spec);
        HubFixture.eventually(() -> !waiting.isAlive());
    }

    @Test
    void aBlockCanBeLookedAtAndRemovedBefore() throws IOException {
        written(spec, 3);
        restart();
        assertEquals(3, hub.hub().info("b").next());
        hub.hub().remove("b");
        assertTrue(hub.everything().isEmpty());
    }

    @Test
    void aStateBlockServesItsNewestIfItCanBeProven() throws IOException {
        BlockSpec latest = spec.slots(1).policy(SyncPolicy.LATEST_ONLY);
        written(latest, 5);
        restart();
        try (DataBlockProducer out = hub.hub().create(latest)) {
            assertEquals(5, out.next());
            try (DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.pinned())) {
                assertEquals(Next.SLOT, in.read(SOON, slot -> assertEquals(4, slot.user())));
            }
        }
    }

    @Test
    void aStateBlockWhoseNewestCanNotBeProvenHasNoneUntilTheNextIsWritten() throws IOException {
        BlockSpec latest = spec.slots(1).policy(SyncPolicy.LATEST_ONLY);
        written(latest, 5);
        int buffer = DataLayout.bufferOf(Words.acquire(hub.block("b", Block.Use.LOOK).data, DataLayout.LATEST));
        hub.flip("b", "data.1", hub.block("b", Block.Use.LOOK).geometry.cell(buffer) + SlotHeader.BYTES);
        restart();
        try (DataBlockProducer out = hub.hub().create(latest);
                DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.pinned())) {
            assertEquals(5, out.next());
            assertEquals(Next.TIMEOUT, in.read(Duration.ZERO, slot -> {}));
            out.write(tx -> tx.user(5).length(64));
            assertEquals(Next.SLOT, in.read(SOON, slot -> assertEquals(5, slot.user())));
        }
    }

    /// The page with `latest` may be older than that with the value.
    @Test
    void aStateBlockFindsAValueThatIsNewerThanItsWord() throws IOException {
        BlockSpec latest = spec.slots(1).policy(SyncPolicy.LATEST_ONLY);
        written(latest, 5);
        hub.poke("b", "data.1", DataLayout.LATEST, 0);
        restart();
        try (DataBlockProducer out = hub.hub().create(latest);
                DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.pinned())) {
            assertEquals(5, out.next());
            assertEquals(Next.SLOT, in.read(SOON, slot -> assertEquals(4, slot.user())));
        }
    }
}
