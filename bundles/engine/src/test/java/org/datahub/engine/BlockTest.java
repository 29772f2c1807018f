package org.datahub.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.Next;
import org.datahub.api.SyncPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Who may write what. A store through a writable view of a read-only mapping would end the JVM.
@Deadline
class BlockTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(3).slotBytes(8);

    @ParameterizedTest
    @CsvSource({"LOOK, true, true, true", "CONSUME, true, false, true", "PRODUCE, false, false, false"})
    void whatIsNotOnesOwnToWriteIsReadOnly(Block.Use use, boolean state, boolean control, boolean data) {
        hub.hub().declare(spec);
        Block block = hub.block("b", use);
        assertEquals(state, block.state.isReadOnly());
        assertEquals(control, block.control.isReadOnly());
        assertEquals(data, block.data.isReadOnly());
    }

    @ParameterizedTest
    @EnumSource
    void everySegmentThatAConsumerIsShownIsReadOnly(SyncPolicy policy) {
        boolean state = policy == SyncPolicy.LATEST_ONLY;
        try (DataBlockProducer out = hub.hub().create(spec.policy(policy).slots(state ? 1 : 3));
                DataBlockConsumer inPlace =
                        hub.hub().attach("b", state ? ConsumerSpec.pinned() : ConsumerSpec.lossless());
                DataBlockConsumer copying = hub.hub().attach("b", ConsumerSpec.observer())) {
            out.write(tx -> {});
            out.write(tx -> {});
            for (DataBlockConsumer in : List.of(inPlace, copying)) {
                assertEquals(Next.SLOT, in.next(Duration.ZERO));
                assertTrue(in.segment().isReadOnly());
                assertThrows(
                        IllegalArgumentException.class,
                        () -> in.segment().set(ValueLayout.JAVA_BYTE, in.offset(), (byte) 1));
                assertTrue(in.release());
            }
        }
    }

    @Test
    void twoOpensOfABlockAreStrangersToEachOther() {
        hub.hub().declare(spec);
        Block one = hub.block("b", Block.Use.PRODUCE);
        Block other = hub.block("b", Block.Use.PRODUCE);
        assertTrue(one.lock.tryLock(0));
        assertTrue(other.producerAlive());
        assertTrue(!other.lock.tryLock(0));
        other.lock.close();
        assertTrue(hub.block("b", Block.Use.LOOK).producerAlive());
        one.lock.close();
        assertTrue(!hub.block("b", Block.Use.LOOK).producerAlive());
    }
}
