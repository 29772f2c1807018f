package org.datahub.api.layout;

import static org.datahub.api.layout.Wire.U64;

import java.lang.foreign.StructLayout;

/// What a producer counts, in `state`. Each word has one writer, which stores it with its beat and
/// at its
/// close: a reader sees what was true a beat ago. They begin anew with each incarnation. A wait of
/// about a microsecond is not timed: it counts in the first bucket and adds no time.
///
/// | offset | size | type    | name           | writer   | order  | meaning                  |
/// |-------:|-----:|---------|----------------|----------|--------|--------------------------|
/// |      0 |    8 | u64     | slots          | producer | opaque | committed                |
/// |      8 |    8 | u64     | payload_bytes  | producer | opaque | of slots committed       |
/// |     16 |    8 | u64     | batches        | producer | opaque | commits of a batch       |
/// |     24 |    8 | u64     | largest_batch  | producer | opaque | most slots of a commit   |
/// |     32 |    8 | u64     | aborts         | producer | opaque | claims given back        |
/// |     40 |    8 | u64     | waits          | producer | opaque | claims that had to wait  |
/// |     48 |    8 | u64     | wait_ns        | producer | opaque | time they waited         |
/// |     56 |    8 | u64     | write_timeouts | producer | opaque | waits that ended in vain |
/// |     64 |    8 | u64     | scans          | producer | opaque | looks at all rows        |
/// |     72 |    8 | u64     | reclaims       | producer | opaque | dead rows cleaned        |
/// |     80 |    8 | u64     | evictions      | producer | opaque | stalled rows let go      |
/// |     88 |    8 | u64     | rings          | producer | opaque | wake-ups of sleepers     |
/// |     96 |    8 | u64     | unsealed_waits | producer | opaque | waits for a provider     |
/// |    104 |    8 | u64     | key_epochs     | producer | opaque | key epochs begun         |
/// |    256 |  128 | u64[16] | wait_buckets   | producer | opaque | waits by time, log 2     |
public final class ProducerCounters {
    /// The layout.
    public static final StructLayout LAYOUT = Wire.struct(
            "producer_counters",
            512,
            0,
            U64.withName("slots"),
            8,
            U64.withName("payload_bytes"),
            16,
            U64.withName("batches"),
            24,
            U64.withName("largest_batch"),
            32,
            U64.withName("aborts"),
            40,
            U64.withName("waits"),
            48,
            U64.withName("wait_ns"),
            56,
            U64.withName("write_timeouts"),
            64,
            U64.withName("scans"),
            72,
            U64.withName("reclaims"),
            80,
            U64.withName("evictions"),
            88,
            U64.withName("rings"),
            96,
            U64.withName("unsealed_waits"),
            104,
            U64.withName("key_epochs"),
            256,
            Wire.words(16, "wait_buckets"));

    /// Bytes of it.
    public static final int BYTES = 512;

    /// Offset of `slots`.
    public static final long SLOTS = Wire.offset(LAYOUT, "slots");

    /// Offset of `payload_bytes`.
    public static final long PAYLOAD_BYTES = Wire.offset(LAYOUT, "payload_bytes");

    /// Offset of `batches`.
    public static final long BATCHES = Wire.offset(LAYOUT, "batches");

    /// Offset of `largest_batch`.
    public static final long LARGEST_BATCH = Wire.offset(LAYOUT, "largest_batch");

    /// Offset of `aborts`.
    public static final long ABORTS = Wire.offset(LAYOUT, "aborts");

    /// Offset of `waits`.
    public static final long WAITS = Wire.offset(LAYOUT, "waits");

    /// Offset of `wait_ns`.
    public static final long WAIT_NS = Wire.offset(LAYOUT, "wait_ns");

    /// Offset of `write_timeouts`.
    public static final long WRITE_TIMEOUTS = Wire.offset(LAYOUT, "write_timeouts");

    /// Offset of `scans`.
    public static final long SCANS = Wire.offset(LAYOUT, "scans");

    /// Offset of `reclaims`.
    public static final long RECLAIMS = Wire.offset(LAYOUT, "reclaims");

    /// Offset of `evictions`.
    public static final long EVICTIONS = Wire.offset(LAYOUT, "evictions");

    /// Offset of `rings`.
    public static final long RINGS = Wire.offset(LAYOUT, "rings");

    /// Offset of `unsealed_waits`.
    public static final long UNSEALED_WAITS = Wire.offset(LAYOUT, "unsealed_waits");

    /// Offset of `key_epochs`.
    public static final long KEY_EPOCHS = Wire.offset(LAYOUT, "key_epochs");

    /// Offset of `wait_buckets`.
    public static final long WAIT_BUCKETS = Wire.offset(LAYOUT, "wait_buckets");

    private ProducerCounters() {}
}
