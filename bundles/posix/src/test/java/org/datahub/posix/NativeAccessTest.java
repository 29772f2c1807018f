package org.datahub.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.testing.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A JVM that was not started for native code says so at once, in one message with the flag to
/// pass.
class NativeAccessTest {
    static final class Starter {
        public static void main(String[] arguments) {
            try {
                new PosixKernel();
                System.out.println("started");
            } catch (DataHubException e) {
                System.out.println(e.code() == ErrorCode.NATIVE_ACCESS);
                System.out.println(e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"allow", "warn", "deny"})
    void withoutTheFlagTheKernelNamesIt(String illegal) {
        List<String> options = List.of("--illegal-native-access=" + illegal);
        try (ChildJvm child = ChildJvm.start(new ProcessBuilder(), options, Starter.class)) {
            String first = child.line();
            if (illegal.equals("allow") && first.equals("started")) return; // the JVM grants it to everybody
            assertEquals("true", first);
            String message = child.line();
            assertTrue(message.startsWith("DH-1011 "), message);
            assertTrue(message.contains("--enable-native-access=ALL-UNNAMED"), message);
            assertEquals(0, child.exit());
            assertEquals("", child.errors(), "and the JVM has nothing to warn of");
        }
    }

    @Test
    void withTheFlagTheKernelStartsAndTheJvmIsSilent() {
        try (ChildJvm child = ChildJvm.start(Starter.class)) {
            assertEquals("started", child.line());
            assertEquals(0, child.exit());
            assertEquals("", child.errors());
        }
    }
}
