package org.datahub.itests.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.datahub.itests.crash.Damage.Region;

/// What Jazzer damages: the first bytes choose a block, a part of it and a place, the others go
/// there.
public final class DamageFuzzer {
    private static final int HEAD = 4;
    private static final int SEEDED_BYTES = 64;
    private static Damage stream;
    private static Damage state;

    private DamageFuzzer() {}

    /// What stands at a few places of each part, as inputs that damage nothing.
    static List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        try (Damage stream = new Damage(false);
                Damage state = new Damage(true)) {
            for (Damage damage : List.of(stream, state)) {
                for (int index = 0; index < damage.regions().size(); index++) {
                    Region region = damage.regions().get(index);
                    for (int at = 0;
                            at < SEEDED_BYTES && region.from() + at + Long.BYTES <= region.to();
                            at += Long.BYTES) {
                        ByteBuffer input =
                                ByteBuffer.allocate(HEAD + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                        input.put((byte) (damage == stream ? 0 : 1)).put((byte) index);
                        input.put((byte) (at >> 8)).put((byte) at);
                        input.putLong(damage.word(region.file(), region.from() + at));
                        seeds.add(input.array());
                    }
                }
            }
        }
        return seeds;
    }

    /// Called by Jazzer.
    public static void fuzzerInitialize() throws IOException {
        stream = new Damage(false);
        state = new Damage(true);
    }

    /// Called by Jazzer with each input.
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length <= HEAD) return;
        Damage damage = (input[0] & 1) == 0 ? stream : state;
        List<Region> regions = damage.regions();
        Region region = regions.get((input[1] & 0xff) % regions.size());
        long at = region.from() + ((input[2] & 0xff) << 8 | input[3] & 0xff) % (region.to() - region.from());
        damage.tryWith(region.file(), at, Arrays.copyOfRange(input, HEAD, input.length));
    }

    /// Called by Jazzer at the end.
    public static void fuzzerTearDown() throws IOException {
        stream.close();
        state.close();
    }
}
