package org.datahub.engine;

import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.ProducerState;
import org.datahub.api.StartFrom;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Deadline
class TakeoverTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    /// Where a producer can die in a write, in the order of its stores.
    enum Death {
        BEFORE_THE_WRITE,
        CELL_EMPTIED,
        PAYLOAD_HALF_WRITTEN,
        HEADER_WRITTEN,
        STAMP_WRITTEN_AND_HEAD_NOT,
        AFTER_THE_WRITE;

        /// Does all of the next write that comes before the death; whether the slot is committed.
        boolean comesTo(StreamRig rig) {
            long n = rig.writer.next();
            if (this == BEFORE_THE_WRITE) return false;
            assertTrue(rig.writer.claim());
            if (this == CELL_EMPTIED) return false;
            Pattern.fillPayload(rig.block.data, rig.writer.cell(), n, 8);
            if (this == PAYLOAD_HALF_WRITTEN) return false;
            rig.fill();
            if (this == HEADER_WRITTEN) return false;
            if (this == STAMP_WRITTEN_AND_HEAD_NOT) SlotHeader.commit(rig.block.data, rig.writer.cell(), n);
            else rig.writer.commit();
            return true;
        }
    }

    static Stream<Arguments> deaths() {
        return Stream.of(1L, 2L, 3L, 7L, 48L)
                .flatMap(slots -> Stream.of(Death.values()).map(death -> Arguments.of(slots, death)));
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void aSuccessorGoesOnAtTheRightNumberWhereverItsPredecessorDied(long slots, Death death) {
        StreamRig rig = StreamRig.of(hub, slots);
        for (long written : List.of(0L, 1L, slots - 1, slots, slots + 1, 3 * slots + 2)) {
            while (rig.writer.next() < written) rig.write();
            long committed = rig.writer.next() + (death.comesTo(rig) ? 1 : 0);
            rig.takeOver();
            assertEquals(committed, rig.writer.next());
            assertEquals(committed, rig.head());
            rig.assertNewestIntact(committed);
            rig.assertNothingBeyond(committed);
            rig.write();
            rig.assertNewestIntact(committed + 1);
        }
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void theDeathOfASuccessorDuringItsTakeoverChangesNothing(long slots, Death death) {
        StreamRig rig = StreamRig.of(hub, slots);
        rig.write(2 * slots + 1);
        long committed = rig.writer.next() + (death.comesTo(rig) ? 1 : 0);
        for (int again = 0; again < 3; again++) {
            rig.takeOver();
            assertEquals(committed, rig.writer.next());
            rig.assertNewestIntact(committed);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {48, 64, 1000})
    void slotsThatHeadDoesNotTellYetAreFound(long slots) {
        StreamRig rig = StreamRig.of(hub, slots);
        long furthest = 0;
        for (int round = 0; round < 40; round++) {
            rig.write(round % 17);
            long committed = rig.writer.next();
            furthest = Math.max(furthest, committed - rig.head());
            rig.takeOver();
            assertEquals(committed, rig.writer.next());
            rig.assertNewestIntact(committed);
        }
        assertTrue(furthest > 10, "furthest=" + furthest);
    }

    @Test
    void stampsBeyondTheHeadAreClearedAndHalfClearedOnesToo() {
        StreamRig rig =
                new StreamRig(hub, BlockSpec.named("batched").slots(5).batch(3).slotBytes(StreamRig.BYTES));
        rig.write(13);
        for (int left = 0; left < 4; left++) {
            long next = rig.writer.next();
            for (long n = next; n < next + 3; n++) SlotHeader.empty(rig.block.data, rig.geometry.cellOf(n));
            if ((left & 1) == 0) SlotHeader.commit(rig.block.data, rig.geometry.cellOf(next + 2), next + 2);
            if ((left & 2) == 0) SlotHeader.commit(rig.block.data, rig.geometry.cellOf(next + 1), next + 1);
            rig.takeOver();
            assertEquals(next, rig.writer.next());
            rig.assertNothingBeyond(next);
            rig.assertNewestIntact(next);
            StreamRig.Peer reader = rig.observer(next);
            reader.seesNothing();
            rig.write();
            reader.reads(next);
            reader.seesNothing();
        }
    }

    @Test
    void stampsThatNoProducerWritesAreCleared() {
        StreamRig rig = StreamRig.of(hub, 3);
        rig.write(6);
        long free = rig.geometry.cellOf(6);
        for (long stamp : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 8}) {
            Words.release(rig.block.data, free, stamp);
            rig.takeOver();
            assertEquals(0, SlotHeader.stamp(rig.block.data, free));
            rig.assertNewestIntact(6);
        }
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void acknowledgedReadersGoOnInPlaceWithoutAGap(long slots, Death death) {
        StreamRig rig = StreamRig.of(hub, slots);
        StreamRig.Peer reader = rig.lossless(0);
        rig.write();
        reader.reads(0);
        for (long n = 1; n < 2 * slots + 3; ) {
            if (!death.comesTo(rig)) {
                rig.takeOver();
                assertEquals(n, rig.writer.next());
                rig.write();
            } else {
                rig.takeOver();
            }
            reader.holds(n);
            reader.isInPlace();
            assertTrue(reader.reader.release());
            n++;
        }
    }

    @Test
    void aSuccessorAcknowledgesEverybodyAtOnceAndIsGatedByThem() {
        StreamRig rig = StreamRig.of(hub, 3);
        rig.write(3);
        StreamRig.Peer reader = rig.lossless(0);
        rig.takeOver();
        assertEquals(rig.joinEpoch(), Words.acquire(rig.block.state, StateLayout.ACK_EPOCH));
        assertFalse(rig.writer.claim());
        reader.holds(0);
        reader.isInPlace();
    }

    @Test
    void aKilledProducersBlockIsTakenOverAndItsNumbersGoOn() {
        Hub programs = hub.hub();
        DataBlockProducer first = programs.create(BlockSpec.named("b").slots(7).slotBytes(8));
        DataBlockConsumer in = programs.attach("b", ConsumerSpec.lossless().from(StartFrom.OLDEST));
        for (int i = 0; i < 5; i++) first.write(tx -> tx.user(tx.number()));
        assertEquals(ProducerState.ALIVE, in.producer());
        hub.kill(first);
        assertEquals(ProducerState.KILLED, in.producer());
        assertFalse(programs.info("b").ended());
        DataBlockProducer second = programs.create(BlockSpec.named("b"));
        assertEquals(5, second.next());
        assertEquals(ProducerState.ALIVE, in.producer());
        second.write(tx -> tx.user(tx.number()));
        for (int i = 0; i < 6; i++) {
            assertEquals(Next.SLOT, in.next(HubFixture.SOON));
            assertEquals(i, in.user());
        }
        in.release();
        assertEquals(0, in.missed());
        assertEquals(6, in.received());
    }

    @Test
    void eachProducerRaisesTheIncarnationAndClearsTheEnd() {
        Hub programs = hub.hub();
        for (long incarnation = 1; incarnation < 5; incarnation++) {
            try (DataBlockProducer out =
                    programs.create(BlockSpec.named("b").slots(3).slotBytes(8))) {
                assertEquals(incarnation, programs.info("b").incarnation());
                assertFalse(programs.info("b").ended());
                assertEquals(incarnation - 1, out.next());
                out.write(tx -> tx.length(0));
            }
            assertTrue(programs.info("b").ended());
            assertEquals(ProducerState.ENDED, programs.info("b").producerState());
        }
    }

    @Test
    void theWordsOfADeadProducerAreReplacedByItsSuccessors() {
        Hub first = hub.open("driver-1");
        Hub second = hub.open("driver-2");
        first.create(BlockSpec.named("b").slots(3).slotBytes(8)).close();
        assertEquals("driver-1", second.info("b").producer().label());
        second.create(BlockSpec.named("b"));
        assertEquals("driver-2", second.info("b").producer().label());
        assertEquals(ProcessHandle.current().pid(), second.info("b").producer().pid());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE})
    void aDamagedHeadIsRefusedByEverybody(long head) throws Exception {
        hub.hub().create(BlockSpec.named("b").slots(3).slotBytes(8)).close();
        hub.poke("b", "data.1", DataLayout.HEAD, head);
        assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().create(BlockSpec.named("b")));
        assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().attach("b", ConsumerSpec.lossless()));
        assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().info("b"));
        hub.poke("b", "data.1", DataLayout.HEAD, 0);
        hub.hub().create(BlockSpec.named("b")).close();
    }
}
