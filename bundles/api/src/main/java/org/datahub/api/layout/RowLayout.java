package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U32;
import static org.datahub.api.layout.Wire.U64;

import java.lang.foreign.StructLayout;

/// One participant in `control`. Its owner holds the lock byte 16 + index.
///
/// | offset | size | type    | name               | writer | order   | meaning              |
/// |-------:|-----:|---------|--------------------|--------|---------|----------------------|
/// |      0 |    8 | u64     | active             | owner  | rel/acq | 0, or kind 1, 2, 3   |
/// |      8 |    8 | u64     | epoch              | owner  | rel/acq | number of its join   |
/// |     16 |    8 | u64     | session            | owner  | rel/acq | number of its attach |
/// |    128 |    8 | u64     | cursor             | owner  | rel/acq | next to release      |
/// |    256 |  128 | u64[16] | pins               | owner  | rel/acq | 0, or the buffer + 1 |
/// |    384 |    8 | u64     | barriers           | owner  | rel/acq | 1: has membarrier    |
/// |    392 |    8 | u64     | beat_ns            | owner  | opaque  | CLOCK_MONOTONIC      |
/// |    400 |    8 | u64     | pid                | owner  | opaque  | for people           |
/// |    408 |    8 | u64     | start_ticks        | owner  | opaque  | for people           |
/// |    416 |    8 | u64     | pid_namespace      | owner  | opaque  | for people           |
/// |    424 |    8 | u64     | time_namespace     | owner  | opaque  | for people           |
/// |    432 |    4 | u32     | uid                | owner  | plain   | for people           |
/// |    436 |    4 | u32     | label_bytes        | owner  | plain   | 0..64                |
/// |    440 |   64 | u8[64]  | label              | owner  | plain   | UTF-8, for people    |
/// |    512 |    8 | u64     | generation_ready   | owner  | rel/acq | mapped ahead         |
/// |    520 |    8 | u64     | generation_refused | owner  | rel/acq | it can't follow      |
/// |    528 |    8 | u64     | refusal            | owner  | opaque  | why: an ErrorCode    |
/// |    536 |    8 | u64     | generation_entered | owner  | rel/acq | reads slots from it  |
/// |    640 |    8 | u64     | received           | owner  | opaque  | slots delivered      |
/// |    648 |    8 | u64     | missed             | owner  | opaque  | slots missed         |
/// |    656 |  368 | u64[46] | counters           | owner  | opaque  | its counters, below  |
public final class RowLayout {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "row",
            1024,
            0,
            U64.withName("active"),
            8,
            U64.withName("epoch"),
            16,
            U64.withName("session"),
            128,
            U64.withName("cursor"),
            256,
            Wire.words(16, "pins"),
            384,
            U64.withName("barriers"),
            392,
            U64.withName("beat_ns"),
            400,
            U64.withName("pid"),
            408,
            U64.withName("start_ticks"),
            416,
            U64.withName("pid_namespace"),
            424,
            U64.withName("time_namespace"),
            432,
            U32.withName("uid"),
            436,
            U32.withName("label_bytes"),
            440,
            Wire.bytes(64, "label"),
            512,
            U64.withName("generation_ready"),
            520,
            U64.withName("generation_refused"),
            528,
            U64.withName("refusal"),
            536,
            U64.withName("generation_entered"),
            640,
            U64.withName("received"),
            648,
            U64.withName("missed"),
            656,
            Wire.words(46, "counters"));

    /// Bytes of it.
    public static final int BYTES = 1024;

    /// `active`: gates the producer.
    public static final long LOSSLESS = 1;

    /// `active`: never gates.
    public static final long OBSERVER = 2;

    /// `active`: may pin buffers.
    public static final long PINNED = 3;

    /// Position of the lock byte of row 0; row j's is j behind it.
    public static final long FIRST_LOCK = 16;

    /// Position of the producer's lock byte.
    public static final long PRODUCER_LOCK = 0;

    /// Position of the administrator's lock byte.
    public static final long ADMIN_LOCK = 1;

    /// Position of the lock byte of an administrator who waits for the answer to the request that
    /// stands.
    public static final long ASKING_LOCK = 2;

    /// Position of the lock byte of a producer that waits for the byte of a stand-in.
    public static final long WAITING_LOCK = 3;

    /// Most pins of a row.
    public static final int MOST_PINS = 16;

    /// Offset of `active`.
    public static final long ACTIVE = Wire.offset(LAYOUT, "active");

    /// Offset of `epoch`.
    public static final long EPOCH = Wire.offset(LAYOUT, "epoch");

    /// Offset of `session`.
    public static final long SESSION = Wire.offset(LAYOUT, "session");

    /// Offset of `cursor`.
    public static final long CURSOR = Wire.offset(LAYOUT, "cursor");

    /// Offset of `pins`.
    public static final long PINS = Wire.offset(LAYOUT, "pins");

    /// Offset of `barriers`.
    public static final long BARRIERS = Wire.offset(LAYOUT, "barriers");

    /// Offset of `beat_ns`.
    public static final long BEAT_NS = Wire.offset(LAYOUT, "beat_ns");

    /// Offset of `pid`.
    public static final long PID = Wire.offset(LAYOUT, "pid");

    /// Offset of `start_ticks`.
    public static final long START_TICKS = Wire.offset(LAYOUT, "start_ticks");

    /// Offset of `pid_namespace`.
    public static final long PID_NAMESPACE = Wire.offset(LAYOUT, "pid_namespace");

    /// Offset of `time_namespace`.
    public static final long TIME_NAMESPACE = Wire.offset(LAYOUT, "time_namespace");

    /// Offset of `uid`.
    public static final long UID = Wire.offset(LAYOUT, "uid");

    /// Offset of `label_bytes`.
    public static final long LABEL_BYTES = Wire.offset(LAYOUT, "label_bytes");

    /// Offset of `label`.
    public static final long LABEL = Wire.offset(LAYOUT, "label");

    /// Offset of `generation_ready`.
    public static final long GENERATION_READY = Wire.offset(LAYOUT, "generation_ready");

    /// Offset of `generation_refused`.
    public static final long GENERATION_REFUSED = Wire.offset(LAYOUT, "generation_refused");

    /// Offset of `refusal`.
    public static final long REFUSAL = Wire.offset(LAYOUT, "refusal");

    /// Offset of `generation_entered`.
    public static final long GENERATION_ENTERED = Wire.offset(LAYOUT, "generation_entered");

    /// Offset of `received`.
    public static final long RECEIVED = Wire.offset(LAYOUT, "received");

    /// Offset of `missed`.
    public static final long MISSED = Wire.offset(LAYOUT, "missed");

    /// Offset of `counters`.
    public static final long COUNTERS = Wire.offset(LAYOUT, "counters");

    private RowLayout() {}
}
