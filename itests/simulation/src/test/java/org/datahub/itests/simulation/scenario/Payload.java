package org.datahub.itests.simulation.scenario;

/// What stands in a slot, by the number of the attempt to write it: no two attempts write the same,
/// also for one slot.
final class Payload {
    private Payload() {}

    static long word(long attempt, int index) {
        long z = attempt * 0x9e3779b97f4a7c15L + index * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 31) * 0x94d049bb133111ebL;
        return z ^ z >>> 29;
    }

    /// Words of the payload, 1 to `most`.
    static int words(long attempt, int most) {
        return 1 + (int) (attempt % most);
    }
}
