package org.datahub.itests.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.datahub.api.testing.Evidence;
import org.datahub.itests.crash.Damage.Region;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever stands in the files of a block, and whatever a name is made of: a typed error or a
/// good end, nothing else.
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class FuzzIT {
    private static final int LONGEST = 48;
    private static final int NAMES = Settings.DAMAGES * 4;

    private final Random random = new Random(Settings.SEED);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void damageAnywhereEndsInATypedError(boolean state) throws Exception {
        Evidence evidence = Evidence.of("damage by lot, " + (state ? "a state block" : "a stream"));
        List<Region> regions;
        try (Damage damage = new Damage(state)) {
            regions = damage.regions();
            for (Region region : regions) {
                for (int count = 0; count < Settings.DAMAGES; count++) one(damage, region);
            }
        }
        evidence.row(
                regions.size() * Settings.DAMAGES + " damaged places, " + Settings.DAMAGES + " each of "
                        + regions.stream().map(Region::name).collect(Collectors.joining(", ")),
                "seed=" + Settings.SEED + ", other than a typed error or a good end: 0");
    }

    private void one(Damage damage, Region region) {
        long at = region.from() + random.nextLong(region.to() - region.from());
        boolean word = random.nextInt(4) > 0 && at / Long.BYTES * Long.BYTES + Long.BYTES <= region.to();
        if (word) at = at / Long.BYTES * Long.BYTES;
        byte[] bytes = word ? word(damage.word(region.file(), at)) : noise();
        try {
            damage.tryWith(region.file(), at, bytes);
        } catch (Throwable t) {
            throw new AssertionError(
                    region + ", at=" + at + ", bytes=" + HexFormat.of().formatHex(bytes), t);
        }
    }

    private byte[] noise() {
        byte[] bytes = new byte[1 + random.nextInt(LONGEST)];
        random.nextBytes(bytes);
        return bytes;
    }

    /// What stands there, changed: noise is refused at the first look, a near miss goes further.
    private byte[] word(long whole) {
        long value = switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Long.MAX_VALUE - random.nextInt(4);
            case 3 -> Long.MIN_VALUE + random.nextInt(4);
            case 4 -> whole + 1;
            case 5 -> whole - 1;
            case 6 -> whole << 1;
            case 7 -> whole ^ 1L << random.nextInt(Long.SIZE);
            case 8 -> Long.reverseBytes(whole);
            case 9 -> whole ^ (long) random.nextInt() << 32;
            case 10 -> random.nextInt(70);
            default -> random.nextLong();
        };
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileCutAnywhereEndsInATypedError(boolean state) throws IOException {
        try (Damage damage = new Damage(state)) {
            for (String file : new String[] {"state", "control", "data.1"}) {
                for (int bytes : new int[] {0, 1, 7, 8, 511, 1024, 4095, 4096, 4097, 5000}) damage.tryCut(file, bytes);
            }
        }
    }

    @Test
    void aNameOfAnythingEndsInATypedErrorOrIsTaken() throws IOException {
        try (Damage damage = new Damage(false)) {
            for (int count = 0; count < NAMES; count++) damage.tryName(name());
        }
    }

    private String name() {
        StringBuilder name = new StringBuilder();
        int length = random.nextInt(5) == 0 ? random.nextInt(300) : random.nextInt(8);
        String likely = "./~\0\n\t %\\:*?\"'<>|$`é漢\uD83D\uDE00\uD83D\uFFFD-_aZ0";
        while (name.length() < length) {
            if (random.nextInt(3) == 0) name.append((char) random.nextInt(0x10000));
            else name.append(likely.charAt(random.nextInt(likely.length())));
        }
        return name.toString();
    }
}
