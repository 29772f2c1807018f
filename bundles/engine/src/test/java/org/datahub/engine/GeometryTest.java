package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.datahub.api.BlockSpec;
import org.datahub.api.SyncPolicy;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.SlotHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeometryTest {
    private static final long RING = 4 << 20;

    @Test
    void cellsStandSideBySideInsideTheSegment() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            SyncPolicy policy = SyncPolicy.values()[random.nextInt(3)];
            long slots = 1 + random.nextInt(70);
            boolean state = policy == SyncPolicy.LATEST_ONLY && slots < 3;
            BlockSpec spec = BlockSpec.named("b")
                    .policy(policy)
                    .slots(slots)
                    .slotBytes(1 + random.nextInt(1 << random.nextInt(1, 20)))
                    .align(32 << random.nextInt(8))
                    .batch(state ? 1 : 1 + random.nextInt((int) slots))
                    .participants(1 + random.nextInt(40))
                    .pins(1 + random.nextInt(16));
            Geometry geometry = Geometry.of(spec, RING);
            long expected = state ? (long) spec.participants() * spec.pins() + 2 : slots + spec.batch();
            assertEquals(expected, geometry.cells());
            long end = DataLayout.BYTES;
            for (long index = 0; index < geometry.cells(); index++) {
                long header = geometry.cell(index);
                long payload = header + SlotHeader.BYTES;
                assertTrue(header >= end, "cells overlap");
                assertEquals(0, payload % spec.align());
                assertEquals(0, header % 8);
                assertTrue(geometry.tagOffset() >= spec.slotBytes() && geometry.tagOffset() % 8 == 0);
                end = payload + geometry.tagOffset() + SlotHeader.TAG_BYTES;
                assertTrue(end <= header + geometry.stride());
            }
            assertTrue(end <= geometry.dataBytes());
            assertEquals(0, geometry.dataBytes() % 4096);
        }
    }

    @Test
    void aSmallRecordSharesACacheLineWithItsHeader() {
        Geometry geometry = Geometry.of(BlockSpec.named("b").slotBytes(32), RING);
        for (long n = 0; n < 10; n++) assertEquals(0, geometry.cellOf(n) % 64);
    }

    @Test
    void theSecondLineIsThatOfThePayloadInItsOwnCell() {
        assertEquals(0, Geometry.of(BlockSpec.named("b").slotBytes(32), RING).secondLine());
        assertEquals(64, Geometry.of(BlockSpec.named("b").slotBytes(33), RING).secondLine());
        assertEquals(0, Geometry.of(BlockSpec.named("b").slotBytes(4096), RING).secondLine());
        for (int align = 64; align <= 4096; align *= 2) {
            for (long bytes = 1; bytes < 130; bytes++) {
                Geometry geometry =
                        Geometry.of(BlockSpec.named("b").slotBytes(bytes).align(align), RING);
                assertEquals(SlotHeader.BYTES, geometry.secondLine(), "align=" + align + ", bytes=" + bytes);
                assertEquals(0, (geometry.cell(3) + geometry.secondLine()) % 64);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"64, 1", "1024, 1", "1024, 16", "65536, 1", "1048576, 1", "8388608, 1", "8388608, 4"})
    void whereNobodyNamesACapacityTheCellsAreAPowerOfTwo(long slotBytes, int batch) {
        Geometry geometry =
                Geometry.of(BlockSpec.named("b").slotBytes(slotBytes).batch(batch), RING);
        assertEquals(1, Long.bitCount(geometry.cells()));
        assertTrue(geometry.cells() >= 4);
        assertEquals(geometry.cells(), geometry.slots() + geometry.batch());
        assertTrue(geometry.slots() > geometry.batch());
        if (geometry.cells() > 4 && batch == 1) {
            long bytes = geometry.cells() * geometry.stride();
            assertTrue(bytes <= RING && 2 * bytes > RING, "bytes=" + bytes);
        }
    }

    @Test
    void theRingForThisMachineIsOfSomeMegabytes() {
        assertTrue(Ring.bytes() >= 1 << 19 && Ring.bytes() <= 1L << 30, "bytes=" + Ring.bytes());
    }

    @Test
    void latestOnlyWithoutACapacityIsAStateBlock() {
        Geometry geometry = Geometry.of(BlockSpec.named("b").slotBytes(8).policy(SyncPolicy.LATEST_ONLY), RING);
        assertTrue(geometry.state());
        assertEquals(16 + 2, geometry.cells());
        assertEquals(DataLayout.STATE, geometry.discipline());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 48})
    void onlyLatestOnlyIsUngated(long slots) {
        for (SyncPolicy policy : SyncPolicy.values()) {
            Geometry geometry =
                    Geometry.of(BlockSpec.named("b").slots(slots).slotBytes(8).policy(policy), RING);
            assertEquals(policy != SyncPolicy.LATEST_ONLY, geometry.gated());
            assertEquals(policy == SyncPolicy.LATEST_ONLY && slots < 3, geometry.state());
        }
    }
}
