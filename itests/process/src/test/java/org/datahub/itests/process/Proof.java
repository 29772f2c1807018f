package org.datahub.itests.process;

/// How much a test counts: a little in every build, all that was promised under the profile
/// `proof`.
final class Proof {
    /// Whether this is the full count.
    static final boolean FULL = Boolean.getBoolean("datahub.proof");

    private Proof() {}

    /// `-Ddatahub.<what>=N` where it is given.
    static int count(String what, int small, int full) {
        return Integer.getInteger("datahub." + what, FULL ? full : small);
    }
}
