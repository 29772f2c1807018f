package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.datahub.api.BlockSpec;
import org.datahub.api.Delivery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Layer 0 with real threads, without tags: the protocol alone must keep torn and foreign bytes
/// from readers.
@Deadline
class ConcurrentStreamTest {
    private static final long LARGE = 16 << 10;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    /// Writes until told to stop; how many slots there are.
    private static Background<Long> writing(StreamRig rig, long bytes, long count, AtomicBoolean stop) {
        return Background.run(() -> {
            StreamWriter writer = rig.writer;
            for (long attempt = 0; writer.next() < count && !stop.get(); attempt++) {
                if (!writer.claim()) {
                    Thread.yield();
                    continue;
                }
                boolean aborts = attempt % 7 == 3;
                Pattern.fill(rig.block.data, writer.cell(), writer.next() + (aborts ? 1 : 0), bytes);
                if (aborts) writer.abort();
                else writer.commit();
            }
            writer.publish();
            return writer.next();
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 48})
    void acknowledgedConsumersMissNothingAndReadNothingTorn(long slots) {
        long count = 20_000;
        StreamRig rig = StreamRig.of(hub, slots);
        List<StreamRig.Peer> peers = List.of(rig.lossless(0), rig.lossless(0));
        assertTrue(rig.writer.free(false));
        List<Background<Void>> readers = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        for (StreamRig.Peer peer : peers) {
            readers.add(Background.run(() -> {
                StreamReader reader = peer.reader;
                for (long n = 0; n < count; ) {
                    SlotReader.Look look = reader.look();
                    if (look == SlotReader.Look.NOTHING) {
                        Thread.yield();
                        continue;
                    }
                    assertEquals(SlotReader.Look.SLOT, look, "at slot " + n);
                    assertEquals(n, reader.number());
                    assertTrue(Pattern.isWhole(reader.segment(), reader.header(), n, StreamRig.BYTES), "slot " + n);
                    assertTrue(reader.release());
                    n++;
                }
                return null;
            }));
        }
        Background<Long> writer = writing(rig, StreamRig.BYTES, count, stop);
        readers.forEach(Background::result);
        assertEquals(count, writer.result());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 7})
    void observersReadNothingTornAndKnowWhatTheyMissed(long slots) {
        StreamRig rig =
                new StreamRig(hub, BlockSpec.named("stream").slots(slots).slotBytes(LARGE));
        StreamRig.Peer peer = rig.observer(0);
        AtomicBoolean stop = new AtomicBoolean();
        Background<Long> writer = writing(rig, LARGE, Long.MAX_VALUE, stop);
        StreamReader reader = peer.reader;
        long next = 0;
        long read = 0;
        long missed = 0;
        for (int looks = 0; looks < 1_000; ) {
            switch (reader.look()) {
                case NOTHING -> Thread.yield();
                case GAP -> {
                    looks++;
                    assertEquals(next, reader.gapFrom());
                    assertTrue(reader.gapTo() > next);
                    missed += reader.gapTo() - next;
                    next = reader.gapTo();
                }
                case SLOT -> {
                    assertEquals(next, reader.number());
                    assertTrue(Pattern.isWhole(reader.segment(), reader.header(), next, LARGE), "slot " + next);
                    assertTrue(reader.release());
                    looks++;
                    read++;
                    next++;
                }
            }
        }
        stop.set(true);
        long published = writer.result();
        assertTrue(next <= published);
        assertEquals(next, read + missed);
    }

    @Test
    void joinersThatComeAndGoUnderLoadNeverReadATornSlotAndNeverMissAfterTheAcknowledgement() {
        StreamRig rig = StreamRig.of(hub, 4);
        AtomicBoolean stop = new AtomicBoolean();
        Background<Long> writer = writing(rig, StreamRig.BYTES, Long.MAX_VALUE, stop);
        for (int round = 0; round < 40; round++) {
            long newest = StreamWriter.newest(rig.block.data, rig.geometry);
            StreamRig.Peer peer = rig.joining(Delivery.LOSSLESS).join(rig.block.generation.oldest(newest));
            StreamReader reader = peer.reader;
            int inPlace = 0;
            while (inPlace < 20) {
                SlotReader.Look look = reader.look();
                if (look == SlotReader.Look.NOTHING) {
                    assertTrue(writer.running());
                    Thread.yield();
                } else if (look == SlotReader.Look.GAP) {
                    assertEquals(0, inPlace, "a gap after the acknowledgement");
                } else {
                    boolean here = reader.segment() == peer.block.data;
                    assertTrue(here || inPlace == 0, "a copy after the acknowledgement");
                    if (here) inPlace++;
                    long n = reader.number();
                    assertTrue(Pattern.isWhole(reader.segment(), reader.header(), n, StreamRig.BYTES), "slot " + n);
                    assertTrue(reader.release());
                }
            }
            peer.leave();
        }
        stop.set(true);
        writer.result();
    }

    @Test
    void readersOfAStateBlockReadNothingTornInPlaceOrAsACopy() {
        StateRig rig = new StateRig(hub, 3, 1);
        List<StateRig.Peer> peers = List.of(rig.pinned(), rig.pinned(), rig.observer());
        AtomicBoolean stop = new AtomicBoolean();
        Background<Long> writer = Background.run(() -> {
            while (!stop.get()) rig.write();
            return rig.writer.next();
        });
        List<Background<Long>> readers = new ArrayList<>();
        for (StateRig.Peer peer : peers) {
            readers.add(Background.run(() -> {
                long last = -1;
                for (int read = 0; read < 2_000; ) {
                    if (peer.reader.look() == SlotReader.Look.NOTHING) {
                        Thread.yield();
                        continue;
                    }
                    long n = peer.reader.number();
                    assertTrue(n > last);
                    for (int look = 0; look < 3; look++) {
                        assertTrue(
                                Pattern.isWhole(peer.reader.segment(), peer.reader.header(), n, StateRig.BYTES),
                                "slot " + n);
                    }
                    assertTrue(peer.reader.release());
                    last = n;
                    read++;
                }
                return last;
            }));
        }
        long furthest = 0;
        for (Background<Long> reader : readers) furthest = Math.max(furthest, reader.result());
        stop.set(true);
        assertTrue(furthest < writer.result());
    }
}
