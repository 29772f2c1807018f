package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.datahub.api.BadSlot;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.GapReason;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.WriteTransaction;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Deadline
class IntegrityTest {
    private static final long BYTES = 24;
    private static final int STAMP = 8;
    private static final int INTEGRITY_ID = 14;
    private static final int HEADER = 32;
    private static final int CRC_BYTES = 4;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec =
            BlockSpec.named("b").slots(5).slotBytes(BYTES).writeTimeout(SOON);

    /// Three slots of a producer that has gone.
    private Geometry threeSlots(BlockSpec chosen) {
        try (DataBlockProducer out = hub.hub().create(chosen)) {
            for (int i = 0; i < 3; i++) write(out);
            return ((Handle) out).block.geometry;
        }
    }

    private static void write(DataBlockProducer out) {
        out.write(tx -> {
            for (long at = 0; at < BYTES; at += 8) {
                tx.payload().set(ValueLayout.JAVA_LONG, at, Pattern.word(tx.number(), at));
            }
            tx.user(tx.number());
        });
    }

    private DataBlockConsumer attach(ConsumerSpec consumer) {
        return hub.hub().attach("b", consumer.from(StartFrom.OLDEST));
    }

    private static void assertReads(DataBlockConsumer in, long n) {
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertEquals(n, in.number());
        assertFalse(in.bad());
        assertTrue(in.release());
    }

    private static Stream<ConsumerSpec> consumers() {
        return Stream.of(ConsumerSpec.lossless(), ConsumerSpec.observer());
    }

    /// Every byte that a tag covers, and the tag: offsets from the slot's header.
    private static IntStream covered() {
        return IntStream.concat(
                IntStream.range(STAMP, HEADER + (int) BYTES),
                IntStream.range(HEADER + (int) BYTES, HEADER + (int) BYTES + CRC_BYTES));
    }

    @Test
    void everyFlippedBitOfACoveredByteMakesTheReadFail() throws IOException {
        Geometry geometry = threeSlots(spec);
        for (ConsumerSpec consumer : consumers().toList()) {
            for (int at : covered().toArray()) {
                hub.flip("b", "data.1", geometry.cellOf(1) + at);
                try (DataBlockConsumer in = attach(consumer.accept("crc32c"))) {
                    assertReads(in, 0);
                    ErrorCode code = at == INTEGRITY_ID ? ErrorCode.INTEGRITY_REFUSED : ErrorCode.SLOT_CORRUPT;
                    DataHubException refusal = assertRefused(code, () -> in.next(Duration.ZERO));
                    assertNames(refusal, "block=b", "slot=1");
                    assertEquals("1..2", in.gapFrom() + ".." + in.gapTo());
                    assertEquals(GapReason.BAD, in.gapReason());
                    assertEquals(1, in.missed());
                    assertReads(in, 2);
                    assertEquals(2, in.received());
                }
                hub.flip("b", "data.1", geometry.cellOf(1) + at);
            }
        }
    }

    @Test
    void everyFlippedBitOfACoveredByteMakesAGapWhereBadSlotsAreSkipped() throws IOException {
        Geometry geometry = threeSlots(spec);
        for (ConsumerSpec consumer : consumers().toList()) {
            for (int at : covered().toArray()) {
                hub.flip("b", "data.1", geometry.cellOf(1) + at);
                try (DataBlockConsumer in = attach(consumer.accept("crc32c").badSlot(BadSlot.SKIP))) {
                    assertReads(in, 0);
                    assertEquals(Next.GAP, in.next(Duration.ZERO));
                    assertEquals("1..2", in.gapFrom() + ".." + in.gapTo());
                    assertEquals(GapReason.BAD, in.gapReason());
                    assertReads(in, 2);
                    assertEquals(3, in.received() + in.missed());
                }
                hub.flip("b", "data.1", geometry.cellOf(1) + at);
            }
        }
    }

    @Test
    void everyFlippedBitOfACoveredByteMarksTheSlotWhereBadSlotsAreDelivered() throws IOException {
        Geometry geometry = threeSlots(spec);
        for (ConsumerSpec consumer : consumers().toList()) {
            for (int at : covered().toArray()) {
                hub.flip("b", "data.1", geometry.cellOf(1) + at);
                try (DataBlockConsumer in = attach(consumer.accept("crc32c").badSlot(BadSlot.DELIVER))) {
                    assertReads(in, 0);
                    assertEquals(Next.SLOT, in.read(Duration.ZERO, slot -> {
                        assertEquals(1, slot.number());
                        assertTrue(slot.bad());
                        assertFalse(slot.verify());
                        assertTrue(slot.payload().byteSize() <= BYTES);
                    }));
                    assertReads(in, 2);
                    assertEquals(3, in.received());
                }
                hub.flip("b", "data.1", geometry.cellOf(1) + at);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {(int) BYTES + 1, (int) BYTES + 8, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void aLengthBeyondTheCellIsNeverFollowed(int length) throws IOException {
        for (IntegrityMode mode : IntegrityMode.values()) {
            Geometry geometry = threeSlots(spec.integrityMode(mode));
            hub.pokeInt("b", "data.1", geometry.cellOf(1) + 8, length);
            for (ConsumerSpec consumer : consumers().toList()) {
                try (DataBlockConsumer in = attach(consumer)) {
                    assertReads(in, 0);
                    assertRefused(ErrorCode.SLOT_CORRUPT, () -> in.next(Duration.ZERO));
                }
                try (DataBlockConsumer in = attach(consumer.badSlot(BadSlot.DELIVER))) {
                    assertReads(in, 0);
                    assertEquals(Next.SLOT, in.next(Duration.ZERO));
                    assertTrue(in.bad());
                    assertEquals(BYTES, in.length());
                    assertEquals(Pattern.word(1, 0), in.segment().get(ValueLayout.JAVA_LONG, in.offset()));
                    assertReads(in, 2);
                }
            }
            hub.hub().remove("b");
        }
    }

    @Test
    void aSlotThatIsMovedToAnotherNumberFails() throws IOException {
        Geometry geometry = threeSlots(spec);
        byte[] slot = hub.peek("b", "data.1", geometry.cellOf(0) + STAMP, (int) geometry.stride() - STAMP);
        hub.poke("b", "data.1", geometry.cellOf(1) + STAMP, slot);
        try (DataBlockConsumer in = attach(ConsumerSpec.lossless())) {
            assertReads(in, 0);
            assertRefused(ErrorCode.SLOT_CORRUPT, () -> in.next(Duration.ZERO));
            assertReads(in, 2);
        }
    }

    @Test
    void aSlotThatIsReplayedARoundLaterFails() throws IOException {
        Geometry geometry = threeSlots(spec);
        byte[] old = hub.peek("b", "data.1", geometry.cellOf(0) + STAMP, (int) geometry.stride() - STAMP);
        try (DataBlockProducer out = hub.hub().create(spec);
                DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless())) {
            for (int i = 3; i < 8; i++) write(out);
            assertEquals(geometry.cellOf(0), geometry.cellOf(6));
            hub.poke("b", "data.1", geometry.cellOf(6) + STAMP, old);
            for (int i = 3; i < 6; i++) assertReads(in, i);
            assertRefused(ErrorCode.SLOT_CORRUPT, () -> in.next(Duration.ZERO));
            assertReads(in, 7);
        }
    }

    @Test
    void aSlotOfAnotherBlockFails() throws IOException {
        Geometry geometry = threeSlots(spec);
        try (DataBlockProducer out =
                hub.hub().create(BlockSpec.named("other").slots(5).slotBytes(BYTES))) {
            for (int i = 0; i < 3; i++) write(out);
        }
        byte[] foreign = hub.peek("other", "data.1", geometry.cellOf(1), (int) geometry.stride());
        hub.poke("b", "data.1", geometry.cellOf(1), foreign);
        try (DataBlockConsumer in = attach(ConsumerSpec.lossless())) {
            assertReads(in, 0);
            assertRefused(ErrorCode.SLOT_CORRUPT, () -> in.next(Duration.ZERO));
        }
    }

    @Test
    void aSlotIsReportedAsLostBeforeAnyVerdictOnItsTag() {
        TestIntegrity sums = new TestIntegrity("sums", 200);
        hub.providers.add(sums, 0);
        Geometry geometry = threeSlots(spec.integrity("sums"));
        Block block = hub.block("b", Block.Use.PRODUCE);
        Pattern.fillPayload(block.data, geometry.cellOf(0), 99, BYTES);
        sums.whileVerifying = () -> Words.release(block.data, geometry.cellOf(0), 0);
        try (DataBlockProducer out = hub.hub().create(spec.integrity("sums"));
                DataBlockConsumer in = attach(ConsumerSpec.lossless().accept("sums"))) {
            write(out);
            assertEquals(Next.GAP, in.next(Duration.ZERO));
            assertEquals("0..1", in.gapFrom() + ".." + in.gapTo());
            assertEquals(GapReason.OVERRUN, in.gapReason());
            assertReads(in, 1);
        }
    }

    /// A slot that is changed behind its verification, by a writer who does not touch the stamp. The
    /// producer has seen the consumer, which would read in place.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyACopyThatWasVerifiedStaysWhatItWas(boolean copyFirst) throws IOException {
        try (DataBlockProducer out = hub.hub().create(spec);
                DataBlockConsumer in = attach(ConsumerSpec.lossless().copyFirst(copyFirst))) {
            Geometry geometry = ((Handle) out).block.geometry;
            for (int i = 0; i < 2; i++) write(out);
            assertReads(in, 0);
            assertEquals(Next.SLOT, in.next(Duration.ZERO));
            hub.flip("b", "data.1", geometry.cellOf(1) + HEADER);
            long seen = in.segment().get(ValueLayout.JAVA_LONG, in.offset());
            assertEquals(copyFirst, seen == Pattern.word(1, 0));
            assertEquals(copyFirst, in.verify());
            assertTrue(in.release());
        }
    }

    @Test
    void aSlotThatIsChangedWhileItsCopyIsVerifiedIsGood() throws IOException {
        TestIntegrity sums = new TestIntegrity("sums", 200);
        hub.providers.add(sums, 0);
        Geometry geometry = threeSlots(spec.integrity("sums"));
        Block block = hub.block("b", Block.Use.PRODUCE);
        sums.whileVerifying = () -> Pattern.fillPayload(block.data, geometry.cellOf(0), 99, BYTES);
        try (DataBlockConsumer in =
                attach(ConsumerSpec.lossless().accept("sums").copyFirst(true))) {
            assertEquals(Next.SLOT, in.next(Duration.ZERO));
            assertEquals(Pattern.word(0, 0), in.segment().get(ValueLayout.JAVA_LONG, in.offset()));
        }
    }

    @Test
    void aBatchOfCopiesIsOneSlotAndAllOfThemCome() {
        threeSlots(spec);
        try (DataBlockConsumer in = attach(ConsumerSpec.lossless().copyFirst(true))) {
            for (int n = 0; n < 3; n++) {
                assertEquals(Next.SLOT, in.nextBatch(3, Duration.ZERO));
                assertEquals(n, in.number());
                assertEquals(1, in.held());
            }
            assertTrue(in.release());
            assertEquals(3, in.received());
        }
    }

    @Test
    void aCopyOfAStateBlockPinsNothing() throws IOException {
        Geometry geometry = threeSlots(spec.slots(1).policy(SyncPolicy.LATEST_ONLY));
        try (DataBlockConsumer in = attach(ConsumerSpec.pinned().copyFirst(true))) {
            assertEquals(Next.SLOT, in.next(Duration.ZERO));
            assertEquals(2, in.number());
            for (int cell = 0; cell < geometry.cells(); cell++) hub.flip("b", "data.1", geometry.cell(cell) + HEADER);
            assertEquals(Pattern.word(2, 0), in.segment().get(ValueLayout.JAVA_LONG, in.offset()));
            assertTrue(in.verify());
            assertEquals(0, Words.acquire(((Handle) in).block.control, ControlLayout.row(0) + RowLayout.PINS));
        }
    }

    @ParameterizedTest
    @EnumSource
    void slotsThatAreNotSealedAreRefusedUnlessTheConsumerNamesNone(BadSlot policy) {
        threeSlots(spec.integrity("none"));
        assertEquals("none", hub.hub().info("b").integrity());
        for (ConsumerSpec consumer : consumers().toList()) {
            try (DataBlockConsumer in = attach(consumer.badSlot(policy))) {
                switch (policy) {
                    case FAIL ->
                        assertNames(
                                assertRefused(ErrorCode.INTEGRITY_REFUSED, () -> in.next(Duration.ZERO)),
                                "integrity=none",
                                "slot=0",
                                "accept=");
                    case SKIP -> {
                        assertEquals(Next.GAP, in.next(Duration.ZERO));
                        assertEquals(GapReason.BAD, in.gapReason());
                    }
                    case DELIVER -> {
                        assertEquals(Next.SLOT, in.next(Duration.ZERO));
                        assertTrue(in.bad());
                    }
                }
            }
            try (DataBlockConsumer in = attach(consumer.accept("crc32c", "none").badSlot(policy))) {
                for (int i = 0; i < 3; i++) assertReads(in, i);
            }
            try (DataBlockConsumer in = attach(consumer.accept("crc32c").badSlot(BadSlot.FAIL))) {
                assertRefused(ErrorCode.INTEGRITY_REFUSED, () -> in.next(Duration.ZERO));
            }
        }
    }

    @Test
    void whatAConsumerAcceptsIsItsOwnChoice() {
        hub.providers.add(new TestIntegrity("sums", 200), 0);
        threeSlots(spec.integrity("sums"));
        try (DataBlockConsumer in = attach(ConsumerSpec.lossless())) {
            assertNames(assertRefused(ErrorCode.INTEGRITY_REFUSED, () -> in.next(Duration.ZERO)), "algorithm-200");
        }
        try (DataBlockConsumer in = attach(ConsumerSpec.lossless().accept("sums"))) {
            for (int i = 0; i < 3; i++) assertReads(in, i);
        }
    }

    @Test
    void aSlotIsVerifiedByTheAlgorithmThatItNamesThoughTheProducerChangedIt() {
        hub.providers.add(new TestIntegrity("sums", 200), 0);
        threeSlots(spec);
        try (DataBlockProducer out = hub.hub().create(spec.integrity("sums"));
                DataBlockConsumer in = attach(ConsumerSpec.lossless().accept("sums", "crc32c"))) {
            write(out);
            for (int i = 0; i < 4; i++) assertReads(in, i);
            assertEquals("sums", nameInInfo(200));
        }
    }

    private String nameInInfo(int id) {
        return hub.hub().info("b").integrity().equals(Providers.nameOf(id)) ? "sums" : "another";
    }

    @Test
    void aSealThatThrowsRollsTheWriteBack() {
        TestIntegrity sums = new TestIntegrity("sums", 200);
        hub.providers.add(sums, 0);
        try (DataBlockProducer out = hub.hub().create(spec.integrity("sums"))) {
            AtomicBoolean broken = new AtomicBoolean(true);
            sums.whileSealing = () -> {
                if (broken.get()) throw new UnsupportedOperationException("no key");
            };
            assertThrows(UnsupportedOperationException.class, () -> write(out));
            WriteTransaction tx = out.begin(SOON);
            assertThrows(UnsupportedOperationException.class, tx::commit);
            tx.close();
            assertEquals(0, out.next());
            broken.set(false);
            write(out);
            assertEquals(1, out.next());
        }
        try (DataBlockConsumer in = attach(ConsumerSpec.lossless().accept("sums"))) {
            assertReads(in, 0);
            assertEquals(Next.END, in.next(Duration.ZERO));
        }
    }

    @Test
    void manualSlotsAreSealedAndVerifiedByTheirCallers() throws IOException {
        BlockSpec manual = spec.integrityMode(IntegrityMode.MANUAL);
        Geometry geometry;
        try (DataBlockProducer out = hub.hub().create(manual)) {
            geometry = ((Handle) out).block.geometry;
            try (WriteTransaction tx = out.begin(SOON)) {
                tx.payload().fill((byte) 1);
                tx.length(10).user(3).seal();
                assertThrows(IllegalStateException.class, () -> tx.length(5));
                assertThrows(IllegalStateException.class, () -> tx.user(5));
                tx.commit();
            }
            out.write(tx -> tx.length(10));
        }
        try (DataBlockConsumer in = attach(ConsumerSpec.lossless())) {
            assertEquals(Next.SLOT, in.next(Duration.ZERO));
            assertTrue(in.verify());
            assertEquals(10, in.length());
            assertEquals(3, in.user());
            assertEquals(Next.SLOT, in.next(Duration.ZERO));
            assertFalse(in.verify());
            assertFalse(in.bad());
        }
        try (DataBlockConsumer in = attach(ConsumerSpec.lossless().accept("none"))) {
            assertEquals(Next.SLOT, in.next(Duration.ZERO));
            assertFalse(in.verify());
            assertEquals(Next.SLOT, in.next(Duration.ZERO));
            assertTrue(in.verify());
        }
        hub.flip("b", "data.1", geometry.cellOf(0) + HEADER);
        try (DataBlockConsumer in = attach(ConsumerSpec.observer())) {
            assertEquals(Next.SLOT, in.read(Duration.ZERO, slot -> assertFalse(slot.verify())));
        }
    }

    @Test
    void theEngineAloneSealsWhereItIsEnforced() {
        try (DataBlockProducer out = hub.hub().create(spec)) {
            WriteTransaction tx = out.begin(SOON);
            assertThrows(IllegalStateException.class, tx::seal);
            tx.commit();
        }
        try (DataBlockConsumer in = attach(ConsumerSpec.lossless())) {
            assertReads(in, 0);
        }
    }

    @Test
    void aBadSlotOfAStateBlockIsReportedOnce() throws IOException {
        BlockSpec state = spec.slots(1).policy(SyncPolicy.LATEST_ONLY);
        try (DataBlockProducer out = hub.hub().create(state);
                DataBlockConsumer pinned = attach(ConsumerSpec.pinned());
                DataBlockConsumer observer = attach(ConsumerSpec.observer().badSlot(BadSlot.SKIP))) {
            write(out);
            Block look = hub.block("b", Block.Use.LOOK);
            int buffer = DataLayout.bufferOf(Words.acquire(look.data, DataLayout.LATEST));
            hub.flip("b", "data.1", look.geometry.cell(buffer) + HEADER);
            assertRefused(ErrorCode.SLOT_CORRUPT, () -> pinned.next(Duration.ZERO));
            assertEquals(Next.GAP, observer.next(Duration.ZERO));
            assertEquals(Next.TIMEOUT, pinned.next(Duration.ZERO));
            assertEquals(Next.TIMEOUT, observer.next(Duration.ZERO));
            write(out);
            assertReads(pinned, 1);
            assertReads(observer, 1);
            assertEquals(1, pinned.missed());
            assertEquals(1, observer.missed());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 255, 256, 300, 1L << 40})
    void aSlotBelongsToTheNewestKeyEpochThatItsEightBitsAllow(long epoch) {
        DataBlockProducer out = hub.hub().create(spec);
        Block block = hub.block("b", Block.Use.PRODUCE);
        Words.release(block.state, StateLayout.KEY_EPOCH, epoch);
        write(out);
        for (long later : new long[] {0, 1, 100, 255}) {
            Words.release(block.state, StateLayout.KEY_EPOCH, epoch + later);
            try (DataBlockConsumer in = attach(ConsumerSpec.observer())) {
                assertReads(in, 0);
            }
        }
        Words.release(block.state, StateLayout.KEY_EPOCH, epoch + 256);
        try (DataBlockConsumer in = attach(ConsumerSpec.observer())) {
            assertRefused(ErrorCode.SLOT_CORRUPT, () -> in.next(Duration.ZERO));
        }
    }
}
