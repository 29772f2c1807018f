package org.datahub.itests.crash;

import java.util.List;

/// Capacity and batch of a block.
///
/// @param slots K
/// @param batch B
record Shape(int slots, int batch) {
    /// What the crash matrix goes through.
    static final List<Shape> ALL = List.of(
            new Shape(1, 1), new Shape(2, 1), new Shape(3, 1), new Shape(7, 1), new Shape(3, 3), new Shape(7, 3));

    /// As [#toString] prints it.
    static Shape of(String text) {
        String[] parts = text.split("x");
        return new Shape(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    int cells() {
        return slots + batch;
    }

    @Override
    public String toString() {
        return slots + "x" + batch;
    }
}
