package org.datahub.api.admin;

import java.time.Duration;
import org.datahub.api.DataHubException;
import org.osgi.annotation.versioning.ProviderType;

/// Requests to the producer of a block, whichever process it is in. Safe for use by many threads.
///
/// A producer carries a request out between two slots, never inside a write. Requests of a block
/// come one after the other: one that finds another at work waits for it within its own timeout.
/// Where nobody produces, the caller stands in for the producer until the request is carried out,
/// if the block is its own: a stream that has ended stays so, and one whose producer was killed is
/// waited for as before. A producer that comes meanwhile is asked instead.
@ProviderType
public interface BlockAdmin {
    /// Lets the lossless consumer in `row` go: it gates no more, and learns from its next call what
    /// it lost. It may join anew. A consumer that takes the row meanwhile is not meant.
    ///
    /// @throws DataHubException `DH-2013` when no lossless consumer is in that row, `DH-2012` when
    /// nobody produces and the block is another user's, `DH-2011` when the producer does not answer
    /// within `timeout` and the request was withdrawn, `DH-2010` when another request is at work that
    /// long, `DH-1003` when there is no such block
    void evict(int row, Duration timeout);

    /// The stream goes on in another data segment: slot numbers and consumers with it, flexible zones
    /// and locks stay where they are. The segment is made beside the stream, then every lossless
    /// consumer says whether it can follow. If one can't, or does not answer within `timeout`, nothing
    /// changes, unless the spec is forced. Returns when the stream goes on there; the former segment
    /// goes when the consumers have read it and the new one holds what must be intact.
    ///
    /// What is not over when the call gives up, some 2 s behind its time, is cancelled. Only where the
    /// producer can't be told that either, `DH-2011` says that it may still go over, and to which
    /// generation.
    ///
    /// @return the first slot of the new generation
    /// @throws DataHubException `DH-2014` when it was cancelled and why, `DH-2013` while the handover
    ///     before is not over; others as for [#evict]
    long handover(HandoverSpec spec, Duration timeout);

    /// Begins a new key epoch: the slots from the next one on are sealed with another key, derived from
    /// the same secret. Slots that are there stay good.
    ///
    /// @return the epoch
    /// @throws DataHubException `DH-7006` while the newest slots need all epochs that are known, `DH-2013`
    ///     when the algorithm has no keys, `DH-7003` and `DH-7004` when the producer has no provider or no
    ///     key, or the caller has not the block's where nobody produces; others as for [#evict]
    long rotateKey(Duration timeout);

    /// Cancels a handover that has not yet gone over to the new segment.
    ///
    /// @throws DataHubException `DH-2013` when there is none; others as for [#evict]
    void cancelHandover(Duration timeout);
}
