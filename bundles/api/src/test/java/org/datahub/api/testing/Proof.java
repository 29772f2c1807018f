package org.datahub.api.testing;

/// How much a test counts: a little in every build, all that was promised under the profile
/// `proof`.
public final class Proof {
    /// Whether this is the full count.
    public static final boolean FULL = Boolean.getBoolean("datahub.proof");

    private Proof() {}

    /// `-Ddatahub.<what>=N` where it is given.
    public static int count(String what, int small, int full) {
        return Integer.getInteger("datahub." + what, FULL ? full : small);
    }
}
