package org.datahub.itests.simulation.machine;

/// What is left to chance in one run, all of it decided by the seed.
///
/// @param stale how often of 100 a load may read an old message
/// @param held how often of 100 a store waits in its thread's buffer, and goes on waiting at each
/// turn
/// @param kills how many processes are killed
/// @param suspensions how often a process is suspended for long
/// @param effects the stores and calls to the kernel over which kills are spread
/// @param operations the operations over which suspensions are spread
/// @param nanos the time that an operation takes, at most
/// @param barriers whether the kernel has memory barriers on all processors
/// @param ringsOnly whether only a ring ends a sleep at a bell, so that one that is missed is never
/// made up for
public record Chance(
        int stale,
        int held,
        int kills,
        int suspensions,
        int effects,
        int operations,
        int nanos,
        boolean barriers,
        boolean ringsOnly) {}
