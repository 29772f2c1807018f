package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.layout.SlotHeader;

/// Layer 0 below a handle, for the benchmarks only: who uses it leaves the handle alone, and nothing
/// checks that. In the engine's package because layer 0 is not for users.
public final class SlotProtocol {
    private final SlotWriter writer;
    private final SlotReader reader;

    private SlotProtocol(SlotWriter writer, SlotReader reader) {
        this.writer = writer;
        this.reader = reader;
    }

    /// The producer's side.
    public static SlotProtocol writer(DataBlockProducer handle) {
        return new SlotProtocol(((Producer) handle).writer, null);
    }

    /// The consumer's side.
    public static SlotProtocol reader(DataBlockConsumer handle) {
        return new SlotProtocol(null, ((ConsumerHandle) handle).reader);
    }

    /// Whether the next cell was claimed.
    public boolean claim() {
        return writer.claim() || writer.opens() && writer.claim();
    }

    /// Commits the claimed cell.
    public void commit(long length, long user) {
        SlotHeader.mark(writer.data(), writer.cell(), 0, user);
        SlotHeader.describe(writer.data(), writer.cell(), length, 0, 0);
        writer.commit();
    }

    /// Whether the next slot is there; then it is held.
    public boolean look() {
        return reader.look() == SlotReader.Look.SLOT;
    }

    /// Lets the held slot go.
    public void release() {
        if (!reader.release()) throw new IllegalStateException("lost");
    }

    /// The memory of the claimed or held slot.
    public MemorySegment segment() {
        return writer != null ? writer.data() : reader.segment();
    }

    /// Where its payload begins.
    public long offset() {
        return (writer != null ? writer.cell() : reader.header()) + SlotHeader.BYTES;
    }

    /// Payload bytes of the held slot.
    public long length() {
        return SlotHeader.length(SlotHeader.description(reader.segment(), reader.header()));
    }

    /// The user word of the held slot.
    public long user() {
        return SlotHeader.user(reader.segment(), reader.header());
    }
}
