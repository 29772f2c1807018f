package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;
import org.datahub.api.StallPolicy;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.admin.SlotInfo;
import org.datahub.api.admin.SlotState;
import org.datahub.api.admin.SlotStates;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Deadline
class SlotViewTest {
    private static final Duration NOW = Duration.ZERO;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private DataBlockProducer stream(int slots, int batch) {
        return hub.closing(hub.hub().create(streamSpec(slots, batch)));
    }

    private static BlockSpec streamSpec(int slots, int batch) {
        return BlockSpec.named("b").slots(slots).batch(batch).slotBytes(64);
    }

    private DataBlockProducer state() {
        return hub.closing(hub.hub()
                .create(BlockSpec.named("b")
                        .policy(SyncPolicy.LATEST_ONLY)
                        .single()
                        .participants(2)
                        .slotBytes(64)));
    }

    private DataBlockConsumer attach(ConsumerSpec spec) {
        return hub.closing(hub.hub().attach("b", spec));
    }

    private static void write(DataBlockProducer out, int count) {
        for (int i = 0; i < count; i++) out.write(tx -> tx.length(7));
    }

    /// The counts are these, and the list says the same.
    private void assertStates(long free, long writing, long committed, long draining) {
        assertEquals(
                new SlotStates(free, writing, committed, draining),
                hub.hub().info("b").slotStates());
        assertEquals(
                List.of(free, writing, committed, draining),
                LongStream.of(
                                count(SlotState.FREE),
                                count(SlotState.WRITING),
                                count(SlotState.COMMITTED),
                                count(SlotState.DRAINING))
                        .boxed()
                        .toList());
    }

    private long count(SlotState state) {
        return hub.hub().slots("b").stream()
                .filter(slot -> slot.state() == state)
                .count();
    }

    private SlotInfo of(long n) {
        return hub.hub().slots("b").stream()
                .filter(slot -> slot.number() == n)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void cellsThatNobodyUsedAreFree() {
        stream(4, 3);
        assertStates(7, 0, 0, 0);
        assertTrue(hub.hub().slots("b").stream().allMatch(slot -> slot.number() == -1));
    }

    @Test
    void theNewestSlotsAreCommittedAndOlderOnesAreFreeAgain() {
        DataBlockProducer out = stream(4, 1);
        write(out, 3);
        assertStates(2, 0, 3, 0);
        write(out, 10);
        assertStates(1, 0, 4, 0);
        assertEquals(new SlotInfo(12 % 5, SlotState.COMMITTED, 12, 7, List.of()), of(12));
        assertEquals(SlotState.FREE, of(8).state());
    }

    @Test
    void anOpenWriteIsWritingUntilItsCommit() {
        DataBlockProducer out = stream(4, 3);
        write(out, 7);
        assertEquals(3, out.claimBatch(3, NOW));
        assertStates(0, 3, 4, 0);
        out.commitBatch(2);
        assertStates(2, 1, 4, 0); // the claimed cell that was not committed is torn, and is the next to be used
        write(out, 1);
        assertStates(3, 0, 4, 0);
    }

    @Test
    void aProducerThatClosedHasNoOpenWrite() {
        DataBlockProducer out = stream(4, 1);
        write(out, 5);
        out.claim(NOW);
        assertStates(0, 1, 4, 0);
        out.abort();
        out.close();
        assertStates(1, 0, 4, 0);
    }

    @Test
    void aWriteThatDiedShowsUntilTheNextOneUsesItsCell() {
        DataBlockProducer out = stream(4, 1);
        write(out, 5);
        out.claim(NOW);
        hub.kill(out);
        assertStates(0, 1, 4, 0);
        write(stream(4, 1), 1);
        assertStates(1, 0, 4, 0);
    }

    @Test
    void stampsOfABatchThatDiedInTheMiddleCountAsWriting() {
        StreamRig rig = new StreamRig(hub, streamSpec(4, 3));
        rig.write(7);
        assertEquals(3, rig.writer.claim(3));
        SlotHeader.commit(rig.block.data, rig.writer.cell(2), 9); // the last one first; then the death
        assertStates(0, 3, 4, 0);
    }

    @Test
    void whatALosslessConsumerHasNotReleasedIsDraining() {
        DataBlockProducer out = stream(4, 1);
        DataBlockConsumer fast = attach(ConsumerSpec.lossless());
        DataBlockConsumer slow = attach(ConsumerSpec.lossless());
        write(out, 3);
        assertStates(2, 0, 0, 3);
        for (int i = 0; i < 3; i++) assertEquals(Next.SLOT, fast.next(NOW));
        assertEquals(List.of(rowOf(slow)), of(0).holders());
        assertEquals(List.of(rowOf(fast), rowOf(slow)), of(2).holders());
        assertTrue(fast.release());
        assertEquals(Next.SLOT, slow.next(NOW));
        assertTrue(slow.release());
        assertStates(2, 0, 1, 2);
        slow.close();
        assertStates(2, 0, 3, 0);
    }

    private static int rowOf(DataBlockConsumer in) {
        return ((ConsumerHandle) in).row();
    }

    @Test
    void anObserverAndAnEvictedConsumerHoldNothing() {
        DataBlockProducer out = hub.closing(hub.hub()
                .create(streamSpec(4, 1).writeTimeout(HubFixture.SOON).stall(Duration.ofMillis(1), StallPolicy.EVICT)));
        DataBlockConsumer observer = attach(ConsumerSpec.observer().from(StartFrom.OLDEST));
        attach(ConsumerSpec.lossless());
        write(out, 4);
        assertStates(1, 0, 0, 4);
        write(out, 1);
        assertStates(1, 0, 4, 0);
        assertEquals(Next.SLOT, observer.next(NOW)); // the oldest of five, which the next write takes
        assertStates(1, 0, 4, 0);
    }

    @Test
    void aCursorOfNonsenseHoldsNoMoreThanTheNewest() {
        StreamRig rig = new StreamRig(hub, streamSpec(4, 1));
        rig.write(9);
        StreamRig.Peer hostile = rig.lossless(9);
        for (long cursor : new long[] {Long.MIN_VALUE, -1, 0, 5}) {
            rig.put(hostile.row, RowLayout.CURSOR, cursor);
            assertStates(1, 0, 0, 4);
        }
        for (long cursor : new long[] {9, 10, Long.MAX_VALUE}) {
            rig.put(hostile.row, RowLayout.CURSOR, cursor);
            assertStates(1, 0, 4, 0);
        }
    }

    @Test
    void theNewestOfAStateBlockIsCommittedAndAPinnedBufferDrains() {
        DataBlockProducer out = state();
        assertStates(4, 0, 0, 0);
        write(out, 1);
        assertStates(3, 0, 1, 0);
        DataBlockConsumer in = attach(ConsumerSpec.pinned());
        assertEquals(Next.SLOT, in.next(NOW));
        assertStates(3, 0, 0, 1);
        write(out, 1);
        assertStates(2, 0, 1, 1); // the old one is held, the new one is not
        assertEquals(List.of(rowOf(in)), of(0).holders());
        assertTrue(in.release());
        assertStates(3, 0, 1, 0);
    }

    @Test
    void anOpenWriteOfAStateBlockIsWritingAndOneGivenUpIsUsedNext() {
        DataBlockProducer out = state();
        write(out, 4);
        for (int i = 0; i < 3; i++) {
            out.claim(NOW);
            assertStates(2, 1, 1, 0);
            out.abort();
        }
        write(out, 1);
        assertStates(3, 0, 1, 0);
        out.claim(NOW);
        hub.kill(out);
        assertStates(2, 1, 1, 0);
    }

    @Test
    void aStampThatLatestDoesNotNameIsWriting() {
        StateRig rig = new StateRig(hub, 2, 1);
        rig.write(4);
        rig.writer.claim();
        SlotHeader.commit(rig.block.data, rig.writer.cell(), 4);
        assertEquals(3, DataLayout.slotOf(Words.acquire(rig.block.data, DataLayout.LATEST)));
        assertEquals(1, hub.hub().info(rig.block.name).slotStates().writing());
    }
}
