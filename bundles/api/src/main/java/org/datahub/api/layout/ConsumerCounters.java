package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U64;

import java.lang.foreign.StructLayout;

/// What a consumer counts, in its row of `control`; as [ProducerCounters].
///
/// | offset | size | type    | name              | writer | order  | meaning                   |
/// |-------:|-----:|---------|-------------------|--------|--------|---------------------------|
/// |      0 |    8 | u64     | payload_bytes     | owner  | opaque | of slots received         |
/// |      8 |    8 | u64     | copies            | owner  | opaque | slots read as copies      |
/// |     16 |    8 | u64     | batches           | owner  | opaque | reads of a batch          |
/// |     24 |    8 | u64     | overrun           | owner  | opaque | missed: overwritten       |
/// |     32 |    8 | u64     | evicted           | owner  | opaque | missed: let go            |
/// |     40 |    8 | u64     | bad               | owner  | opaque | missed: not verified      |
/// |     48 |    8 | u64     | superseded        | owner  | opaque | passed over               |
/// |     56 |    8 | u64     | corrupt           | owner  | opaque | verifications failed      |
/// |     64 |    8 | u64     | refused           | owner  | opaque | algorithm not accepted    |
/// |     72 |    8 | u64     | timeouts          | owner  | opaque | waits in vain             |
/// |     80 |    8 | u64     | waits             | owner  | opaque | reads that had to wait    |
/// |     88 |    8 | u64     | wait_ns           | owner  | opaque | time they waited          |
/// |     96 |    8 | u64     | rings             | owner  | opaque | wake-ups of the producer  |
/// |    104 |    8 | u64     | joins             | owner  | opaque | joins, the first included |
/// |    112 |  128 | u64[16] | wait_buckets      | owner  | opaque | waits by time, log 2      |
/// |    240 |  128 | u64[16] | residence_buckets | owner  | opaque | commit to release         |
public final class ConsumerCounters {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "consumer_counters",
            368,
            0,
            U64.withName("payload_bytes"),
            8,
            U64.withName("copies"),
            16,
            U64.withName("batches"),
            24,
            U64.withName("overrun"),
            32,
            U64.withName("evicted"),
            40,
            U64.withName("bad"),
            48,
            U64.withName("superseded"),
            56,
            U64.withName("corrupt"),
            64,
            U64.withName("refused"),
            72,
            U64.withName("timeouts"),
            80,
            U64.withName("waits"),
            88,
            U64.withName("wait_ns"),
            96,
            U64.withName("rings"),
            104,
            U64.withName("joins"),
            112,
            Wire.words(16, "wait_buckets"),
            240,
            Wire.words(16, "residence_buckets"));

    /// Bytes of it.
    public static final int BYTES = 368;

    /// Offset of `payload_bytes`.
    public static final long PAYLOAD_BYTES = Wire.offset(LAYOUT, "payload_bytes");

    /// Offset of `copies`.
    public static final long COPIES = Wire.offset(LAYOUT, "copies");

    /// Offset of `batches`.
    public static final long BATCHES = Wire.offset(LAYOUT, "batches");

    /// Offset of `overrun`.
    public static final long OVERRUN = Wire.offset(LAYOUT, "overrun");

    /// Offset of `evicted`.
    public static final long EVICTED = Wire.offset(LAYOUT, "evicted");

    /// Offset of `bad`.
    public static final long BAD = Wire.offset(LAYOUT, "bad");

    /// Offset of `superseded`.
    public static final long SUPERSEDED = Wire.offset(LAYOUT, "superseded");

    /// Offset of `corrupt`.
    public static final long CORRUPT = Wire.offset(LAYOUT, "corrupt");

    /// Offset of `refused`.
    public static final long REFUSED = Wire.offset(LAYOUT, "refused");

    /// Offset of `timeouts`.
    public static final long TIMEOUTS = Wire.offset(LAYOUT, "timeouts");

    /// Offset of `waits`.
    public static final long WAITS = Wire.offset(LAYOUT, "waits");

    /// Offset of `wait_ns`.
    public static final long WAIT_NS = Wire.offset(LAYOUT, "wait_ns");

    /// Offset of `rings`.
    public static final long RINGS = Wire.offset(LAYOUT, "rings");

    /// Offset of `joins`.
    public static final long JOINS = Wire.offset(LAYOUT, "joins");

    /// Offset of `wait_buckets`.
    public static final long WAIT_BUCKETS = Wire.offset(LAYOUT, "wait_buckets");

    /// Offset of `residence_buckets`.
    public static final long RESIDENCE_BUCKETS = Wire.offset(LAYOUT, "residence_buckets");

    private ConsumerCounters() {}
}
