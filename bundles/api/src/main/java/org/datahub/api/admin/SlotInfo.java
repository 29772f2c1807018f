package org.datahub.api.admin;

import java.util.List;

/// One cell or buffer of a block at one moment.
///
/// @param cell its index in the data segment
/// @param state what it is
/// @param number the slot whose bytes lie in it, -1 where there is none; of a free one they may go
/// at any time
/// @param length payload bytes of that slot
/// @param holders rows that hold the slot: lossless consumers that have not released it, pins that
/// name it
public record SlotInfo(long cell, SlotState state, long number, long length, List<Integer> holders) {}
