package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.Numbered.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.Slot;
import org.datahub.api.StartFrom;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Deadline
class FollowTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(5).slotBytes(16).writeTimeout(SOON);

    @Test
    void aLoopSeesEverySlotToTheEndOfTheStream() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        Background<Void> producer = Background.run(() -> {
            write(out, 500);
            out.close();
            return null;
        });
        List<Long> seen = new ArrayList<>();
        for (Slot slot : in.follow()) {
            assertEquals(slot.number(), slot.payload().get(ValueLayout.JAVA_LONG, 0));
            seen.add(slot.number());
        }
        producer.result();
        assertEquals(500, seen.size());
        assertEquals(499, seen.getLast());
        assertEquals(500, in.received());
        assertEquals(0, in.missed());
        assertEquals(0, in.lag());
    }

    @Test
    void aSlotIsReleasedWhenTheLoopAdvances() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        Block look = hub.block("b", Block.Use.LOOK);
        write(out, 5);
        out.close();
        long n = 0;
        for (Slot slot : in.follow()) {
            assertEquals(n, slot.number());
            assertEquals(n, Words.acquire(look.control, ControlLayout.row(0) + RowLayout.CURSOR));
            assertEquals(n, in.received());
            n++;
        }
        assertEquals(5, Words.acquire(look.control, ControlLayout.row(0) + RowLayout.CURSOR));
    }

    @Test
    void askingTwiceAdvancesOnce() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 2);
        out.close();
        Iterator<Slot> slots = in.follow().iterator();
        assertTrue(slots.hasNext() && slots.hasNext());
        assertEquals(0, slots.next().number());
        assertEquals(1, slots.next().number());
        assertFalse(slots.hasNext());
        assertThrows(NoSuchElementException.class, slots::next);
    }

    @Test
    void aLaterLoopGoesOnAfterTheEndWithTheNextProducer() {
        DataBlockProducer first = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(first, 2);
        first.close();
        int seen = 0;
        for (Slot slot : in.follow()) assertEquals(seen++, slot.number());
        for (Slot slot : in.follow()) throw new AssertionError("slot=" + slot.number());
        DataBlockProducer second = hub.hub().create(spec);
        write(second, 3);
        second.close();
        for (Slot slot : in.follow()) assertEquals(seen++, slot.number());
        assertEquals(5, seen);
    }

    @Test
    void gapsShowInMissed() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.observer());
        write(out, 100);
        out.close();
        List<Long> seen = new ArrayList<>();
        for (Slot slot : in.follow()) seen.add(slot.number());
        assertEquals(List.of(98L, 99L), seen);
        assertEquals(98, in.missed());
    }

    @Test
    void aSlotOfThePastIsDead() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 3);
        Iterator<Slot> slots = in.follow().iterator();
        Slot first = slots.next();
        MemorySegment payload = first.payload();
        assertEquals(1, slots.next().number());
        assertThrows(IllegalStateException.class, first::payload);
        assertThrows(IllegalStateException.class, first::length);
        assertThrows(IllegalStateException.class, () -> payload.get(ValueLayout.JAVA_LONG, 0));
        assertEquals(0, first.number());
    }

    @Test
    void theSlotOfABrokenLoopDiesWithTheNextRead() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 3);
        Slot left = in.follow().iterator().next();
        MemorySegment payload = left.payload();
        assertEquals(0, payload.get(ValueLayout.JAVA_LONG, 0));
        assertEquals(Next.SLOT, in.next(Duration.ZERO));
        assertEquals(1, in.number());
        assertThrows(IllegalStateException.class, left::payload);
        assertThrows(IllegalStateException.class, left::user);
        assertThrows(IllegalStateException.class, () -> payload.get(ValueLayout.JAVA_LONG, 0));
    }

    @Test
    void theSlotOfABrokenLoopDiesWithItsConsumer() {
        DataBlockProducer out = hub.hub().create(spec);
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless());
        write(out, 3);
        Slot left = in.follow().iterator().next();
        MemorySegment payload = left.payload();
        in.close();
        assertThrows(IllegalStateException.class, left::payload);
        assertThrows(IllegalStateException.class, () -> payload.get(ValueLayout.JAVA_LONG, 0));
    }

    @Test
    void aBadSlotEndsNoLoopForGood() throws Exception {
        DataBlockProducer out = hub.hub().create(spec);
        write(out, 3);
        out.close();
        DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless().from(StartFrom.OLDEST));
        Geometry geometry = ((ConsumerHandle) in).block.geometry;
        hub.flip("b", "data.1", geometry.cellOf(1) + 32);
        Iterator<Slot> slots = in.follow().iterator();
        assertEquals(0, slots.next().number());
        Refusals.assertRefused(ErrorCode.SLOT_CORRUPT, slots::hasNext);
        assertEquals(2, slots.next().number());
        assertFalse(slots.hasNext());
        assertEquals(1, in.missed());
    }
}
