package org.datahub.distribution.demo;

import java.util.ArrayList;
import java.util.List;

/// What a run came to.
///
/// @param streams what was published, and what the lossless consumer that lived got of it
/// @param killed processes killed on purpose
/// @param swaps integrity and memory swapped on purpose
record Summary(List<Stream> streams, int killed, int swaps) {
    private static final int SWAPS = 2;

    /// One stream.
    ///
    /// @param name its block
    /// @param published slots since the consumer was there
    /// @param received slots it got
    /// @param missed slots it was told it missed
    /// @param repeated slots it got twice
    /// @param misverified payloads that were not those of their slot number
    /// @param p50Ns latency from time stamp to delivery
    /// @param p99Ns the same
    record Stream(
            String name,
            long published,
            long received,
            long missed,
            long repeated,
            long misverified,
            long p50Ns,
            long p99Ns) {

        static Stream of(String name, long published, Report.Total got) {
            return new Stream(
                    name,
                    published - got.first(),
                    got.received(),
                    got.missed(),
                    got.repeated(),
                    got.misverified(),
                    got.p50Ns(),
                    got.p99Ns());
        }

        private boolean whole() {
            return published > 0 && received == published && missed == 0 && repeated == 0 && misverified == 0;
        }
    }

    /// Why the run failed; empty where it did not.
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (swaps != SWAPS) faults.add("not everything was swapped: swaps=" + swaps + ", expected=" + SWAPS);
        if (killed != 1) faults.add("no consumer was killed: killed=" + killed);
        for (Stream stream : streams) {
            if (!stream.whole()) faults.add("not every slot arrived once and intact: " + stream);
        }
        return faults;
    }
}
