package org.datahub.engine;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.keys.KeyRing;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.SegmentAllocator;

/// The allocators and integrity providers that are there now, best first. They come and go while
/// handles work: a handle
/// compares [#version] and asks again when it has changed.
final class Providers {
    /// Name of the algorithm that seals nothing, id 0.
    static final String NONE = "none";

    /// A handle that may be at work with a provider.
    interface User {
        /// Whether its thread, another than the caller's, is inside a write that began with this
        /// provider.
        boolean seals(IntegrityProvider integrity);

        /// Whether its thread is inside a verification that began before the last [#version].
        boolean verifies();

        /// Tells whether the slots that are committed by now and may be sealed by this provider have
        /// been read, or won't be.
        BooleanSupplier backlog(IntegrityProvider integrity);
    }

    /// How long a provider that goes is held for those who work with it.
    private static final long PATIENCE_NANOS = 2_000_000_000;

    private static final long POLL_NANOS = 100_000;

    private record Ranked<T>(T provider, int ranking) {}

    private final List<Ranked<SegmentAllocator>> allocators = new CopyOnWriteArrayList<>();
    private final List<Ranked<IntegrityProvider>> integrities = new CopyOnWriteArrayList<>();
    private final Set<User> users = ConcurrentHashMap.newKeySet();
    private final Set<IntegrityProvider> leaving = ConcurrentHashMap.newKeySet();
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

    void enter(User user) {
        users.add(user);
    }

    void leave(User user) {
        users.remove(user);
    }

    /// Takes a provider away from handles at work: new writes take it no more, writes that began with
    /// it end, consumers of this process read what was committed before, verifications that began
    /// with it end. After 2 s it goes whoever still works with it.
    void letGo(IntegrityProvider integrity, Kernel kernel) {
        long deadline = kernel.nanos() + PATIENCE_NANOS;
        leaving.add(integrity);
        try {
            tell(kernel);
            await(kernel, deadline, () -> users.stream().noneMatch(user -> user.seals(integrity)));
            List<BooleanSupplier> backlogs =
                    users.stream().map(user -> user.backlog(integrity)).toList();
            await(kernel, deadline, () -> backlogs.stream().allMatch(BooleanSupplier::getAsBoolean));
        } finally { // it goes, whatever became of those who work with it
            remove(integrity);
            leaving.remove(integrity);
        }
        tell(kernel);
        await(kernel, deadline, () -> users.stream().noneMatch(User::verifies));
    }

    /// Whoever is not seen at work behind this call sees the new version.
    private void tell(Kernel kernel) {
        synchronized (this) {
            version++;
        }
        Occupancy.pass(kernel);
    }

    private static void await(Kernel kernel, long deadline, BooleanSupplier done) {
        while (!done.getAsBoolean() && kernel.nanos() - deadline < 0) LockSupport.parkNanos(POLL_NANOS);
    }

    /// Whether it is about to go, so that nobody begins to seal with it.
    boolean leaves(IntegrityProvider integrity) {
        return leaving.contains(integrity);
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

    /// Names of the algorithms that are there now.
    Set<String> algorithms() {
        return integrities.stream().map(ranked -> ranked.provider.name()).collect(Collectors.toSet());
    }

    /// The best provider of this name to seal with, or null.
    IntegrityProvider integrity(String name) {
        for (Ranked<IntegrityProvider> ranked : integrities) {
            if (ranked.provider.name().equals(name) && !leaves(ranked.provider)) return ranked.provider;
        }
        return null;
    }

    /// The best provider to verify slots with that bear `id`, or null.
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
        if (keyId == 0) {
            return new DataHubException(
                    ErrorCode.KEY_MISSING,
                    "the integrity provider has no key: integrity=" + algorithm + ", block=" + block,
                    "make one with `datahub key new FILE`, and give the provider key.file=FILE");
        }
        return new DataHubException(
                ErrorCode.KEY_MISSING,
                "the integrity provider does not hold the key: integrity=" + algorithm + ", block=" + block
                        + ", key.id=" + KeyRing.hex(keyId) + ", key.epoch=" + keyEpoch,
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
