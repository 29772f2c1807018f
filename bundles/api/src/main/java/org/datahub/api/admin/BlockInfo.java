package org.datahub.api.admin;

import java.util.List;
import java.util.Map;
import org.datahub.api.BufferPolicy;
import org.datahub.api.IntegrityMode;
import org.datahub.api.ProducerState;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.ZoneSpec;

/// A block at one moment, as an operator wants to see it.
///
/// @param name its name
/// @param blockId 128 bits in hex
/// @param policy who waits for whom
/// @param buffer the named choice of the capacity
/// @param slots the capacity K
/// @param batch the most slots of a commit
/// @param slotBytes the most payload bytes of a slot
/// @param align payload alignment
/// @param dataBytes size of the data segment
/// @param allocator whose memory it is
/// @param pageBytes bytes of a page of that memory, as got
/// @param memoryRemark what the allocator was asked for and did not get, and why; empty where it
/// got all
/// @param directory where its files are
/// @param survivesRestart whether it is there again after a restart of the machine, as soon as it is
/// created anew
/// @param generation number of the data segment that the next slot goes to
/// @param otherGenerations those that stand beside it, in a handover
/// @param incarnation producers that took it over so far, the first included
/// @param timestamps its clock
/// @param integrityMode who seals
/// @param integrity algorithm of the newest slot, empty where there is none
/// @param next the next slot number
/// @param oldest the oldest slot that is intact
/// @param slotStates how many cells or buffers are in which state
/// @param ended whether the last producer closed the stream
/// @param endReason why, in its words; empty where it has not
/// @param beatAgeNanos time since the producer's last beat, -1 where there was none
/// @param producerState from the lock byte
/// @param producer who holds or held byte 0, null before the first
/// @param rows consumers, the dead ones too
/// @param participants how many rows there are
/// @param zones its flexible zones
/// @param counters what the producer counts, by the names of docs/memory-layout.md, as of its last
/// beat
public record BlockInfo(
        String name,
        String blockId,
        SyncPolicy policy,
        BufferPolicy buffer,
        long slots,
        long batch,
        long slotBytes,
        long align,
        long dataBytes,
        String allocator,
        long pageBytes,
        String memoryRemark,
        String directory,
        boolean survivesRestart,
        long generation,
        List<OtherGeneration> otherGenerations,
        long incarnation,
        Timestamps timestamps,
        IntegrityMode integrityMode,
        String integrity,
        long next,
        long oldest,
        SlotStates slotStates,
        boolean ended,
        String endReason,
        long beatAgeNanos,
        ProducerState producerState,
        Participant producer,
        List<Row> rows,
        int participants,
        List<ZoneSpec> zones,
        Map<String, Long> counters) {

    /// A data segment that is not the present one.
    ///
    /// @param number its number
    /// @param allocator whose memory it is
    /// @param prepared whether the stream is to go on in it; else consumers may still read it
    /// @param end its first slot that it does not hold, where consumers still read it; else 0
    public record OtherGeneration(long number, String allocator, boolean prepared, long end) {}

    /// Who a participant says it is; no decision rests on it.
    ///
    /// @param pid as the participant sees itself
    /// @param uid its user
    /// @param pidNamespace inode of its pid namespace
    /// @param startTicks start time from /proc
    /// @param label what it calls itself
    public record Participant(long pid, int uid, long pidNamespace, long startTicks, String label) {}

    /// One consumer.
    ///
    /// @param index number of the row
    /// @param delivery LOSSLESS, OBSERVER or PINNED
    /// @param alive whether its lock byte is held
    /// @param cursor the next slot it will release
    /// @param received slots delivered, as of its last beat
    /// @param missed slots missed, as of its last beat
    /// @param participant who it is
    /// @param counters what it counts, by the names of docs/memory-layout.md, as of its last beat
    public record Row(
            int index,
            org.datahub.api.Delivery delivery,
            boolean alive,
            long cursor,
            long received,
            long missed,
            Participant participant,
            Map<String, Long> counters) {}
}
