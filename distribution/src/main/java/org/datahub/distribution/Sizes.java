package org.datahub.distribution;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A number of bytes as people type it: `4096`, `64KiB`, `100KB`. Decimal units count in thousands,
/// binary ones in 1024.
public final class Sizes implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("(\\d+)\\s*([a-z]*)");
    private static final Map<String, Long> UNITS = Map.of(
            "", 1L,
            "b", 1L,
            "kb", 1_000L,
            "mb", 1_000_000L,
            "gb", 1_000_000_000L,
            "kib", 1L << 10,
            "mib", 1L << 20,
            "gib", 1L << 30);

    /// For the command line.
    public Sizes() {}

    @Override
    public Long convert(String text) {
        Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        Long unit = form.matches() ? UNITS.get(form.group(2)) : null;
        if (unit == null) throw refused();
        try {
            return Math.multiplyExact(Long.parseLong(form.group(1)), unit);
        } catch (NumberFormatException | ArithmeticException e) {
            throw refused();
        }
    }

    private static TypeConversionException refused() {
        return new TypeConversionException("allowed: whole bytes, as in 4096, 64KiB, 100KB or 1MiB");
    }
}
