package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Assumptions;

/// What needs root, or a kernel that plays along: skipped where it can't be had, but never under
/// `CI=true`.
final class Privilege {
    private Privilege() {}

    /// Goes on only where this command succeeds.
    static void require(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) missing(String.join(" ", command) + ": " + text);
    }

    /// Goes on nowhere.
    static void missing(String why) {
        if ("true".equals(System.getenv("CI"))) fail("not possible here: " + why);
        Assumptions.abort("not possible here: " + why);
    }
}
