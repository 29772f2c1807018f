package org.datahub.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Bars of one figure, a system each, with a mark from the least to the most; the axis is
/// logarithmic.
final class Chart {
    private static final int WIDTH = 760;
    private static final int LEFT = 130;
    private static final int RIGHT = 170;
    private static final int TOP = 44;
    private static final int ROW = 26;
    private static final int BAR = 16;

    private final Figures figures;
    private final String title;
    private final String work;
    private final int bytes;
    private final String metric;

    Chart(Figures figures, String title, String work, int bytes, String metric) {
        this.figures = figures;
        this.title = title;
        this.work = work;
        this.bytes = bytes;
        this.metric = metric;
    }

    String svg() {
        List<String> systems = Arrays.stream(Peer.values())
                .map(Peer::label)
                .filter(system -> figures.has(work, system, bytes, metric))
                .toList();
        double low = Math.pow(
                10,
                Math.floor(Math.log10(systems.stream()
                        .mapToDouble(system -> figures.least(work, system, bytes, metric))
                        .min()
                        .orElse(1))));
        double high = systems.stream()
                .mapToDouble(system -> figures.most(work, system, bytes, metric))
                .max()
                .orElse(10);
        int height = TOP + ROW * systems.size() + 12;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"13\" role=\"img\">%n<title>%s</title>%n"
                        + "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n"
                        + "<text x=\"12\" y=\"24\" font-size=\"15\" fill=\"#222\">%s (logarithmic)</text>%n",
                WIDTH,
                height,
                title,
                WIDTH,
                height,
                title));
        for (int row = 0; row < systems.size(); row++) {
            String system = systems.get(row);
            double y = TOP + ROW * row;
            double to = at(figures.median(work, system, bytes, metric), low, high);
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#222\">%s</text>%n"
                            + "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n"
                            + "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#222\"/>%n"
                            + "<text x=\"%.1f\" y=\"%.1f\" fill=\"#222\">%s</text>%n",
                    LEFT - 8,
                    y + 13,
                    system,
                    LEFT,
                    y,
                    Math.max(1, to - LEFT),
                    BAR,
                    colour(Peer.of(system)),
                    at(figures.least(work, system, bytes, metric), low, high),
                    y + BAR / 2.0,
                    at(figures.most(work, system, bytes, metric), low, high),
                    y + BAR / 2.0,
                    at(figures.most(work, system, bytes, metric), low, high) + 8,
                    y + 13,
                    Report.number(figures.median(work, system, bytes, metric))));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String colour(Peer peer) {
        if (peer.ours()) return "#2f6f9f";
        return peer.inC() ? "#8a8a8a" : "#d0a15a";
    }

    private static double at(double value, double low, double high) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.log(value / low) / Math.log(Math.max(high / low, 1.0001));
    }
}
