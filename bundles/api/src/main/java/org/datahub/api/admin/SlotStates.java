package org.datahub.api.admin;

/// How many cells or buffers of a block are in each [SlotState]; together they are all it has.
///
/// @param free in [SlotState#FREE]
/// @param writing in [SlotState#WRITING]
/// @param committed in [SlotState#COMMITTED]
/// @param draining in [SlotState#DRAINING]
public record SlotStates(long free, long writing, long committed, long draining) {}
