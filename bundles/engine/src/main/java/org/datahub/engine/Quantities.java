package org.datahub.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/// Sizes, times and words as people type them into configuration.
final class Quantities {
    private static final Map<String, Long> BYTES = Map.of(
            "",
            1L,
            "B",
            1L,
            "KB",
            1_000L,
            "MB",
            1_000_000L,
            "GB",
            1_000_000_000L,
            "KIB",
            1L << 10,
            "MIB",
            1L << 20,
            "GIB",
            1L << 30);
    private static final Map<String, Long> NANOS = Map.of(
            "ns",
            1L,
            "us",
            1_000L,
            "ms",
            1_000_000L,
            "s",
            1_000_000_000L,
            "m",
            60_000_000_000L,
            "h",
            3_600_000_000_000L);

    private Quantities() {}

    /// As in `64KiB`, `1MB`, `4096`.
    static long bytes(String what, String text) {
        if (text == null)
            throw new IllegalArgumentException(what + " is missing: " + what + "=unset, give 4096 or 64KiB");
        return value(what, text, BYTES, text.strip().toUpperCase(Locale.ROOT), "64KiB");
    }

    /// As in `5s`, `500ms`.
    static Duration duration(String what, String text) {
        return Duration.ofNanos(value(what, text, NANOS, text.strip().toLowerCase(Locale.ROOT), "500ms"));
    }

    /// One of the words of `type`, whatever its case.
    static <E extends Enum<E>> E word(String what, Class<E> type, String text) {
        for (E each : type.getEnumConstants()) {
            if (each.name().equalsIgnoreCase(text.strip())) return each;
        }
        throw new IllegalArgumentException(
                "no such word: " + what + "=" + text + ", allowed: " + Arrays.toString(type.getEnumConstants()));
    }

    /// A count as in `8`, 0 to the greatest `int`.
    static int count(String what, String text) {
        try {
            int count = Integer.parseInt(text.strip());
            if (count >= 0) return count;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(what + " can't be read: " + what + "=" + text + ", as in 8", e);
        }
        throw new IllegalArgumentException("negative: " + what + "=" + text + ", least=0");
    }

    private static long value(String what, String text, Map<String, Long> units, String folded, String example) {
        int digits = 0;
        while (digits < folded.length() && Character.isDigit(folded.charAt(digits))) digits++;
        Long unit = units.get(folded.substring(digits).strip());
        try {
            if (unit != null) return Math.multiplyExact(Long.parseLong(folded.substring(0, digits)), unit);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException(what + " can't be read: " + what + "=" + text + ", as in " + example, e);
        }
        throw new IllegalArgumentException(what + " can't be read: " + what + "=" + text + ", as in " + example);
    }
}
