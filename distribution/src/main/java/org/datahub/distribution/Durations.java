package org.datahub.distribution;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A time as people type it: `30s`, `5ms`, `2m`. Only zero needs no unit.
public final class Durations implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d+)\\s*([a-z]*)");
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    /// For the command line.
    public Durations() {}

    @Override
    public Duration convert(String text) {
        Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!form.matches()) throw refused();
        try {
            long count = Long.parseLong(form.group(1));
            if (count == 0 && form.group(2).isEmpty()) return Duration.ZERO;
            Long unit = NANOS.get(form.group(2));
            if (unit != null) return Duration.ofNanos(Math.multiplyExact(count, unit));
        } catch (NumberFormatException | ArithmeticException e) {
            throw refused();
        }
        throw refused();
    }

    private static TypeConversionException refused() {
        return new TypeConversionException("allowed: a number and ns, us, ms, s, m or h, as in 30s or 5ms");
    }
}
