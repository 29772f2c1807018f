package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityProvider;

/// An algorithm that a test names, and that lets something happen while it works. Its tag is a sum
/// and its own id.
final class TestIntegrity implements IntegrityProvider {
    private final String name;
    private final int id;
    volatile long keyId;
    volatile boolean held = true; // the key
    volatile Runnable whileNamed = () -> {};
    volatile Runnable whileSealing = () -> {};
    volatile Runnable whileVerifying = () -> {};

    TestIntegrity(String name, int id) {
        this.name = name;
        this.id = id;
    }

    @Override
    public String name() {
        whileNamed.run();
        return name;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public int tagBytes() {
        return Long.BYTES;
    }

    @Override
    public long keyId() {
        return keyId;
    }

    @Override
    public Sealer sealer(long blockIdHigh, long blockIdLow, long keyEpoch, long keyId) {
        boolean over = keyId == 0 && this.keyId != 0; // the epoch
        if (!held || over) return null;
        return new Sealer() {
            @Override
            public void seal(
                    byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
                whileSealing.run();
                Words.plain(tags, tag, sum(prefix, segment, payload, length));
            }

            @Override
            public boolean verify(
                    byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
                boolean same = Words.plain(tags, tag) == sum(prefix, segment, payload, length);
                whileVerifying.run();
                return same;
            }
        };
    }

    private long sum(byte[] prefix, MemorySegment segment, long payload, long length) {
        long sum = id;
        for (byte each : prefix) sum = sum * 31 + each;
        byte[] bytes = new byte[(int) length];
        Words.copy(segment, payload, bytes, 0, bytes.length);
        for (byte each : bytes) sum = sum * 31 + each;
        return sum;
    }
}
