package org.datahub.benchmarks;

/// The sizes and times of one run.
///
/// @param cells of a ring: DataHub's K + B
/// @param warm milliseconds before it counts
/// @param measured milliseconds that count
record Plan(int bytes, int cells, int batch, boolean touched, int warm, int measured) {
    private static final int HEADER_AND_TAG = 64;
    private static final int CELL_ALIGN = 64;

    /// Rings as the goals name them: 4 MiB for 64 KiB, 8 MiB for 1 MiB, else 1024 cells. A hand-over
    /// has 8 cells whatever their size, so that sizes differ in nothing else.
    static Plan of(Work work, int bytes, int warm, int measured) {
        int cells = bytes >= 1 << 20 || work == Work.HANDOVER ? 8 : bytes >= 1 << 16 ? 64 : 1024;
        return new Plan(bytes, cells, work.batch(), work != Work.HANDOVER, warm, measured);
    }

    Plan withCells(int count) {
        return new Plan(bytes, count, batch, touched, warm, measured);
    }

    /// Bytes from cell to cell, as docs/memory-layout.md says.
    int stride() {
        int used = HEADER_AND_TAG + (bytes + 7) / 8 * 8;
        return (used + CELL_ALIGN - 1) / CELL_ALIGN * CELL_ALIGN;
    }
}
