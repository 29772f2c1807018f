package org.datahub.distribution;

import java.util.ArrayList;
import java.util.List;

/// Rows of cells as lines, each column as wide as its widest cell. The last cell of a row may be
/// any length.
final class Columns {
    private static final String BETWEEN = "  ";

    private Columns() {}

    static List<String> of(List<List<String>> rows) {
        int[] widths = widths(rows);
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size() - 1; column++) {
                String cell = row.get(column);
                line.append(cell)
                        .append(" ".repeat(widths[column] - cell.length()))
                        .append(BETWEEN);
            }
            lines.add(line.append(row.getLast()).toString());
        }
        return lines;
    }

    private static int[] widths(List<List<String>> rows) {
        int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
        for (List<String> row : rows) {
            for (int column = 0; column < row.size() - 1; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        return widths;
    }
}
