package org.datahub.distribution.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;
import org.datahub.distribution.Json;

/// What a process of the demo tells the conductor: one JSON line on its standard output.
sealed interface Report {
    /// A consumer has attached to a stream.
    ///
    /// @param stream name of the block
    record Ready(String stream) implements Report {}

    /// What a consumer got since its last report, and in all.
    ///
    /// @param stream name of the block
    /// @param seconds how long it is since the last report
    /// @param slots slots since then
    /// @param bytes payload since then
    /// @param p50Ns latency since then: from the slot's time stamp to its delivery
    /// @param p99Ns the same
    /// @param pauseNs the longest time between two slots since then
    /// @param all since the begin
    /// @param last whether the stream has ended
    record Got(
            String stream,
            double seconds,
            long slots,
            long bytes,
            long p50Ns,
            long p99Ns,
            long pauseNs,
            Total all,
            boolean last)
            implements Report {

        static Got nothing(String stream) {
            return new Got(stream, 1, 0, 0, 0, 0, 0, new Total(0, 0, 0, 0, 0, 0, 0), false);
        }
    }

    /// What a consumer got in all.
    ///
    /// @param first number of the first slot it was after
    /// @param received slots that came
    /// @param missed slots that were reported as missed, or that a number jumped over
    /// @param repeated slots that came again
    /// @param misverified payloads that are not those of their slot number
    /// @param p50Ns latency
    /// @param p99Ns latency
    record Total(long first, long received, long missed, long repeated, long misverified, long p50Ns, long p99Ns) {}

    /// As one line: an object whose only name tells which report it is.
    default String line() {
        String name = switch (this) {
            case Ready ready -> "ready";
            case Got got -> "got";
        };
        return Json.line(Map.of(name, this));
    }

    /// The report on a line.
    static Report of(String line) throws JsonProcessingException {
        JsonNode object = Json.read(line);
        Iterator<String> names = object.fieldNames();
        String name = names.hasNext() ? names.next() : "";
        JsonNode node = object.path(name);
        return switch (name) {
            case "ready" -> Json.as(node, Ready.class);
            case "got" -> Json.as(node, Got.class);
            default -> throw new IllegalArgumentException("not a report: line=" + line);
        };
    }
}
