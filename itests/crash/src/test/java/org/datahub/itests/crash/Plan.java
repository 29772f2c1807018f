package org.datahub.itests.crash;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a victim is told about its points, as system properties.
///
/// @param point where to die, or null
/// @param hit at which time it comes there
/// @param slow where to wait a moment before the store, or null: others get into a gap that is a
///     nanosecond wide
/// @param record the file to write the counts to at a good end, or null
record Plan(String point, long hit, String slow, Path record) {
    private static final String PREFIX = "datahub.crash.";

    static Plan ofThisProcess() {
        String record = System.getProperty(PREFIX + "record");
        return new Plan(
                System.getProperty(PREFIX + "point"),
                Long.getLong(PREFIX + "hit", 1),
                System.getProperty(PREFIX + "slow"),
                record == null ? null : Path.of(record));
    }

    /// As options of a JVM.
    List<String> options() {
        List<String> options = new ArrayList<>();
        if (point != null) options.add("-D" + PREFIX + "point=" + point);
        if (point != null) options.add("-D" + PREFIX + "hit=" + hit);
        if (slow != null) options.add("-D" + PREFIX + "slow=" + slow);
        if (record != null) options.add("-D" + PREFIX + "record=" + record);
        return options;
    }
}
