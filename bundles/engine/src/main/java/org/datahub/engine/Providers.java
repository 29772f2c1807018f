package org.datahub.engine;

import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.SegmentAllocator;

/// The allocators and integrity providers that are there now, best first. They come and go while
/// handles work: a handle
/// compares [#version] and asks again when it has changed.
final class Providers {
    /// Name of the algorithm that seals nothing, id 0.
    static final String NONE = "none";

    private record Ranked<T>(T provider, int ranking) {}

    private final List<Ranked<SegmentAllocator>> allocators = new CopyOnWriteArrayList<>();
    private final List<Ranked<IntegrityProvider>> integrities = new CopyOnWriteArrayList<>();
    private volatile long version = 1;

    synchronized void add(SegmentAllocator allocator, int ranking) {
        insert(allocators, new Ranked<>(allocator, ranking));
    }

    synchronized void remove(SegmentAllocator allocator) {
        allocators.removeIf(ranked -> ranked.provider == allocator);
    }

    synchronized void add(IntegrityProvider integrity, int ranking) {
        insert(integrities, new Ranked<>(integrity, ranking));
        version++;
    }

    synchronized void remove(IntegrityProvider integrity) {
        integrities.removeIf(ranked -> ranked.provider == integrity);
        version++;
    }

    private static <T> void insert(List<Ranked<T>> list, Ranked<T> added) {
        int at = 0;
        while (at < list.size() && list.get(at).ranking >= added.ranking) at++;
        list.add(at, added);
    }

    /// Changes whenever an integrity provider comes or goes.
    long version() {
        return version;
    }

    /// @throws DataHubException `DH-1013`
    SegmentAllocator allocator(String name) {
        for (Ranked<SegmentAllocator> ranked : allocators) {
            if (ranked.provider.name().equals(name)) return ranked.provider;
        }
        throw new DataHubException(
                ErrorCode.ALLOCATOR_MISSING,
                "no such allocator: allocator=" + name + ", present="
                        + allocators.stream()
                                .map(ranked -> ranked.provider.name())
                                .toList(),
                "install the bundle org.datahub.memory." + name);
    }

    /// The best provider of this name, or null.
    IntegrityProvider integrity(String name) {
        for (Ranked<IntegrityProvider> ranked : integrities) {
            if (ranked.provider.name().equals(name)) return ranked.provider;
        }
        return null;
    }

    /// The best provider whose slots bear `id`, or null.
    IntegrityProvider integrity(int id) {
        for (Ranked<IntegrityProvider> ranked : integrities) {
            if (ranked.provider.id() == id) return ranked.provider;
        }
        return null;
    }

    /// @throws DataHubException `DH-7003`: what a caller is told when its provider does not come in
    /// time
    static DataHubException missing(String algorithm, String block) {
        return new DataHubException(
                ErrorCode.INTEGRITY_MISSING,
                "the integrity provider is not there: integrity=" + algorithm + ", block=" + block,
                "install or start its bundle; no other algorithm is taken in its place");
    }

    /// @throws DataHubException `DH-7004`: the same when the provider is there and the key is not
    static DataHubException missingKey(String algorithm, String block, long keyEpoch, long keyId) {
        return new DataHubException(
                ErrorCode.KEY_MISSING,
                "the integrity provider does not hold the key: integrity=" + algorithm + ", block=" + block
                        + ", key.id=" + HexFormat.of().toHexDigits(keyId) + ", key.epoch=" + keyEpoch,
                "put the key with this id into the file that key.file= of the provider's configuration names");
    }

    /// The name that people know an algorithm id by.
    static String nameOf(int id) {
        return switch (id) {
            case 0 -> NONE;
            case 1 -> "crc32c";
            case 2 -> "hmac-sha256";
            case 3 -> "blake2b-256";
            default -> "algorithm-" + id;
        };
    }
}
