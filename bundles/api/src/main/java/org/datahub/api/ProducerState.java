package org.datahub.api;

/// What a consumer can know of the producer, from its lock byte.
public enum ProducerState {
    /// A process holds the block.
    ALIVE,
    /// The last producer closed the stream.
    ENDED,
    /// The last producer died without closing the stream; a successor is waited for.
    KILLED,
    /// No process has produced yet.
    NONE
}
