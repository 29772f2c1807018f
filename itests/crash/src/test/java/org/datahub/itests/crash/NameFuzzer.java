package org.datahub.itests.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/// Names that Jazzer thinks of.
public final class NameFuzzer {
    private static Damage damage;

    private NameFuzzer() {}

    /// Names of every kind.
    static List<byte[]> seeds() {
        return Stream.of("camera", "a.b-c_9", "..", ".hidden", "a/b", "a\0b", " ", "\u00e9", "x".repeat(255), "~lab")
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /// Called by Jazzer.
    public static void fuzzerInitialize() throws IOException {
        damage = new Damage(false);
    }

    /// Called by Jazzer with each input.
    public static void fuzzerTestOneInput(byte[] input) {
        damage.tryName(new String(input, StandardCharsets.UTF_8));
    }

    /// Called by Jazzer at the end.
    public static void fuzzerTearDown() throws IOException {
        damage.close();
    }
}
