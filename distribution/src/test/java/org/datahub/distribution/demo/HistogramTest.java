package org.datahub.distribution.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {
    @Test
    void percentilesAreAtMostAThirtySecondTooHighAndNeverTooLow() {
        Random random = new Random(7);
        long[] values = new long[100_000];
        Histogram histogram = new Histogram();
        for (int index = 0; index < values.length; index++) {
            values[index] = (long) Math.pow(2, random.nextDouble() * 62);
            histogram.record(values[index]);
        }
        Arrays.sort(values);
        for (double part : new double[] {0.001, 0.5, 0.99, 0.9999, 1}) {
            long exact = values[(int) Math.ceil(part * values.length) - 1];
            long told = histogram.percentile(part);
            assertTrue(
                    told >= exact && told - exact <= exact / 32,
                    "part=" + part + ", exact=" + exact + ", told=" + told);
        }
    }

    @Test
    void smallAndExtremeValuesHaveBuckets() {
        for (long value : new long[] {0, 1, 31, 32, 33, 63, 64, Long.MAX_VALUE}) {
            Histogram histogram = new Histogram();
            histogram.record(value);
            assertTrue(histogram.percentile(1) >= value, "value=" + value);
            if (value < 64) assertEquals(value, histogram.percentile(1));
        }
        Histogram negative = new Histogram();
        negative.record(-5);
        assertEquals(0, negative.percentile(0.5));
    }

    @Test
    void nothingCountedIsZero() {
        Histogram histogram = new Histogram();
        assertEquals(0, histogram.percentile(0.99));
        histogram.record(1000);
        histogram.clear();
        assertEquals(0, histogram.percentile(0.99));
    }

    @Test
    void addingCountsBoth() {
        Histogram one = new Histogram();
        Histogram other = new Histogram();
        one.record(1);
        other.record(20);
        other.record(20);
        one.add(other);
        assertEquals(20, one.percentile(0.5));
        assertEquals(1, one.percentile(0.3));
    }
}
