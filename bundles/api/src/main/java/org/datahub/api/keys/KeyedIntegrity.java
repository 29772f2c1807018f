package org.datahub.api.keys;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.IntegrityProvider;
import org.osgi.annotation.versioning.ConsumerType;

/// A provider of integrity whose tags need a secret: what is alike in all of them.
///
/// Each block and epoch has a key of its own, derived from the secret that the epoch names: consumers
/// who hold the old and the new secret follow a producer that changes it; new epochs take the newest.
/// The payload goes through a small array: no function of a library sees mapped memory. Tags are compared in constant
/// time.
@ConsumerType
public abstract class KeyedIntegrity implements IntegrityProvider {
    /// The word that chooses whose code computes the tags.
    protected static final String IMPLEMENTATION = "implementation";

    private static final int CHUNK = 8192;
    private static final Set<String> WORDS = Set.of(KeyRing.FILE, KeyRing.PREVIOUS, IMPLEMENTATION);

    private final KeyRing ring;
    private final TagFunction.Maker maker;

    /// With these secrets, and tags by this code.
    protected KeyedIntegrity(KeyRing ring, TagFunction.Maker maker) {
        this.ring = ring;
        this.maker = maker;
    }

    /// The secrets that an operator's words name.
    ///
    /// @param pid whose words they are
    /// @throws DataHubException `DH-6001` where there is no such word, else as [KeyRing#of]
    protected static KeyRing ring(String pid, Map<String, String> words) {
        KeyRing.refuseInline(words.keySet());
        for (String word : words.keySet()) {
            if (WORDS.contains(word)) continue;
            throw new DataHubException(
                    ErrorCode.CONFIGURATION,
                    pid + " has no such key: key=" + word,
                    "there are " + WORDS.stream().sorted().toList());
        }
        return KeyRing.of(words);
    }

    /// The implementation that a word names; empty for the first, the default.
    ///
    /// @throws DataHubException `DH-6001`, also where its classes are not there
    public static <E extends Enum<E> & TagFunction.Maker> E implementation(String pid, E[] all, String word) {
        String wanted = word.strip();
        if (wanted.isEmpty()) return all[0];
        for (E each : all) {
            if (!nameOf(each).equals(wanted)) continue;
            try {
                each.function(new byte[TagFunction.TAG_BYTES]);
            } catch (NoClassDefFoundError e) {
                throw new DataHubException(
                        ErrorCode.CONFIGURATION,
                        "the implementation's classes are not there: implementation=" + wanted,
                        "install org.bouncycastle:bcprov-lts8on, or set implementation=" + nameOf(all[0]),
                        e);
            }
            return each;
        }
        throw new DataHubException(
                ErrorCode.CONFIGURATION,
                pid + " can't use implementation: implementation=" + wanted,
                "give " + Stream.of(all).map(KeyedIntegrity::nameOf).collect(Collectors.joining(" or ")));
    }

    private static String nameOf(Enum<?> implementation) {
        return implementation.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public final int tagBytes() {
        return TagFunction.TAG_BYTES;
    }

    @Override
    public final long keyId() {
        return ring.newest();
    }

    @Override
    public final Sealer sealer(long blockIdHigh, long blockIdLow, long keyEpoch, long keyId) {
        if (!ring.holds(keyId)) return null;
        return new Worker(maker.function(ring.derive(name(), blockIdHigh, blockIdLow, keyEpoch, keyId)));
    }

    private static final class Worker implements Sealer {
        private final TagFunction function;
        private final byte[] chunk = new byte[CHUNK];
        private final byte[] computed = new byte[TagFunction.TAG_BYTES];
        private final byte[] found = new byte[TagFunction.TAG_BYTES];

        Worker(TagFunction function) {
            this.function = function;
        }

        @Override
        public void seal(
                byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
            compute(prefix, segment, payload, length);
            Words.copy(computed, 0, tags, tag, computed.length);
        }

        @Override
        public boolean verify(
                byte[] prefix, MemorySegment segment, long payload, long length, MemorySegment tags, long tag) {
            compute(prefix, segment, payload, length);
            Words.copy(tags, tag, found, 0, found.length);
            return MessageDigest.isEqual(computed, found);
        }

        private void compute(byte[] prefix, MemorySegment segment, long payload, long length) {
            System.arraycopy(prefix, 0, chunk, 0, prefix.length);
            int filled = prefix.length; // a small record is one update
            long done = 0;
            do {
                int bytes = (int) Math.min(CHUNK - filled, length - done);
                Words.copy(segment, payload + done, chunk, filled, bytes);
                function.update(chunk, 0, filled + bytes);
                done += bytes;
                filled = 0;
            } while (done < length);
            function.finish(computed);
        }
    }
}
