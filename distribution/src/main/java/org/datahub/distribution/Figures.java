package org.datahub.distribution;

import java.util.Locale;

/// Numbers for people, in three significant places or so, the same in every locale.
public final class Figures {
    private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB"};
    private static final String[] TIMES = {"ns", "us", "ms", "s"};

    private Figures() {}

    /// As in `4.19 MB`.
    public static String bytes(double bytes) {
        return scaled(bytes, BYTES);
    }

    /// As in `12.3 us`.
    public static String nanos(double nanos) {
        return scaled(nanos, TIMES);
    }

    private static String scaled(double value, String[] units) {
        int unit = 0;
        double scaled = value;
        while (scaled >= 999.5 && unit < units.length - 1) {
            scaled /= 1000;
            unit++;
        }
        String form = unit == 0 ? "%.0f %s" : scaled < 9.995 ? "%.2f %s" : scaled < 99.95 ? "%.1f %s" : "%.0f %s";
        return String.format(Locale.ROOT, form, scaled, units[unit]);
    }

    /// With `places` behind the point.
    public static String number(double value, int places) {
        return String.format(Locale.ROOT, "%." + places + "f", value);
    }
}
