package org.datahub.api;

/// A slot that was copied out: any thread may keep it.
///
/// @param number the slot number
/// @param timestamp CLOCK_MONOTONIC nanoseconds at the commit, 0 where the block has no clock
/// @param user the producer's own word
/// @param payload the payload
public record SlotCopy(long number, long timestamp, long user, byte[] payload) {}
