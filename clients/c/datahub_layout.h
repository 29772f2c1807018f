/*
 * Where each word of a DataHub block stands: little-endian, naturally aligned, padding written out.
 *
 * Printed by PublishedLayoutTest from the classes of org.datahub.api.layout: do not edit. The comment of a
 * member names its writer, the order of its loads and stores, and its meaning; docs/memory-layout.md says the
 * rest. Words of any order but `plain` and `once` are accessed in one piece, with __atomic_load_n and the like.
 */
#ifndef DATAHUB_LAYOUT_H
#define DATAHUB_LAYOUT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "DataHub blocks are little-endian"
#endif

/* Distance of words that different processes write: two cache lines, because processors fetch them in pairs. */
#define DATAHUB_LINE 128

/*
 * Layout version of all files: major in the high 16 bits, minor in the low. A reader refuses another major; a
 * higher minor only fills padding that a lower one does not look at.
 */
#define DATAHUB_VERSION 0x00010000

/* Reads as `VERSION` and the magic words do only where bytes are in the right order. */
#define DATAHUB_BYTE_ORDER 0x01020304

/* Hash of all layouts: what `layout_hash` says in each file. */
#define DATAHUB_LAYOUT_HASH UINT64_C(0x87386e40b3541ee8)

/* `sync_policy` of state: LATEST_ONLY. */
#define DATAHUB_SYNC_POLICY_LATEST_ONLY 0

/* `sync_policy` of state: SEQUENTIAL. */
#define DATAHUB_SYNC_POLICY_SEQUENTIAL 1

/* `sync_policy` of state: SEQUENTIAL_SYNC. */
#define DATAHUB_SYNC_POLICY_SEQUENTIAL_SYNC 2

/* `buffer_policy` of state: SINGLE. */
#define DATAHUB_BUFFER_POLICY_SINGLE 0

/* `buffer_policy` of state: DOUBLE_BUFFER. */
#define DATAHUB_BUFFER_POLICY_DOUBLE_BUFFER 1

/* `buffer_policy` of state: RING_BUFFER. */
#define DATAHUB_BUFFER_POLICY_RING_BUFFER 2

/* `timestamps` of state: NONE. */
#define DATAHUB_TIMESTAMPS_NONE 0

/* `timestamps` of state: COARSE. */
#define DATAHUB_TIMESTAMPS_COARSE 1

/* `timestamps` of state: EXACT. */
#define DATAHUB_TIMESTAMPS_EXACT 2

/* `integrity_mode` of state: ENFORCED. */
#define DATAHUB_INTEGRITY_MODE_ENFORCED 0

/* `integrity_mode` of state: MANUAL. */
#define DATAHUB_INTEGRITY_MODE_MANUAL 1

/* Bytes of a header. */
#define DATAHUB_SLOT_HEADER_BYTES 32

/* Bytes reserved behind each payload area for the tag. */
#define DATAHUB_SLOT_HEADER_TAG_BYTES 32

/* The 32 bytes before each slot's payload. */
struct datahub_slot_header {
    uint64_t stamp; /* producer, release/acquire: 0, or the slot number + 1 */
    uint32_t length; /* producer, plain: payload bytes */
    uint16_t flags; /* producer, plain: 0; kept for later */
    uint8_t integrity; /* producer, plain: algorithm id, 0 none */
    uint8_t key_epoch; /* producer, plain: low 8 bits of the epoch */
    uint64_t timestamp_ns; /* producer, plain: CLOCK_MONOTONIC, 0 none */
    uint64_t user; /* producer, plain: the caller's own */
};

static_assert(sizeof(struct datahub_slot_header) == DATAHUB_SLOT_HEADER_BYTES, "datahub_slot_header");
static_assert(offsetof(struct datahub_slot_header, stamp) == 0, "stamp");
static_assert(offsetof(struct datahub_slot_header, length) == 8, "length");
static_assert(offsetof(struct datahub_slot_header, flags) == 12, "flags");
static_assert(offsetof(struct datahub_slot_header, integrity) == 14, "integrity");
static_assert(offsetof(struct datahub_slot_header, key_epoch) == 15, "key_epoch");
static_assert(offsetof(struct datahub_slot_header, timestamp_ns) == 16, "timestamp_ns");
static_assert(offsetof(struct datahub_slot_header, user) == 24, "user");

/* Bytes of it. */
#define DATAHUB_GENERATION_ENTRY_BYTES 512

/* Phase: its segment is being made. */
#define DATAHUB_GENERATION_ENTRY_BUILDING 1

/* Phase: whole, not yet cut over to. */
#define DATAHUB_GENERATION_ENTRY_PREPARED 2

/* Phase: slots live in it. */
#define DATAHUB_GENERATION_ENTRY_IN_USE 3

/* Most bytes of a remark. */
#define DATAHUB_GENERATION_ENTRY_MOST_REMARK_BYTES 120

/* One entry of the generation table in `state`. */
struct datahub_generation_entry {
    uint64_t number; /* producer, rel/acq: 0 free, else the generation */
    uint32_t phase; /* producer, rel/acq: 1 made, 2 prepared, 3 used */
    uint32_t allocator_bytes; /* producer, plain: 1..32 */
    uint64_t data_bytes; /* producer, plain: size of the segment */
    uint64_t page_bytes; /* producer, plain: of a page of its memory */
    uint8_t allocator[32]; /* producer, plain: UTF-8 */
    uint32_t locator_bytes; /* producer, plain: 0: in the block */
    uint32_t remark_bytes; /* producer, plain: 0..120 */
    uint64_t segment; /* producer, rel/acq: whose file stands; 0: none */
    uint8_t padding_0[48];
    uint64_t cut; /* producer, rel/acq: 0, or first of next + 1 */
    uint8_t remark[120]; /* producer, plain: UTF-8, what was not got */
    uint8_t locator[256]; /* producer, plain: UTF-8, a path */
};

static_assert(sizeof(struct datahub_generation_entry) == DATAHUB_GENERATION_ENTRY_BYTES, "datahub_generation_entry");
static_assert(offsetof(struct datahub_generation_entry, number) == 0, "number");
static_assert(offsetof(struct datahub_generation_entry, phase) == 8, "phase");
static_assert(offsetof(struct datahub_generation_entry, allocator_bytes) == 12, "allocator_bytes");
static_assert(offsetof(struct datahub_generation_entry, data_bytes) == 16, "data_bytes");
static_assert(offsetof(struct datahub_generation_entry, page_bytes) == 24, "page_bytes");
static_assert(offsetof(struct datahub_generation_entry, allocator) == 32, "allocator");
static_assert(offsetof(struct datahub_generation_entry, locator_bytes) == 64, "locator_bytes");
static_assert(offsetof(struct datahub_generation_entry, remark_bytes) == 68, "remark_bytes");
static_assert(offsetof(struct datahub_generation_entry, segment) == 72, "segment");
static_assert(offsetof(struct datahub_generation_entry, cut) == 128, "cut");
static_assert(offsetof(struct datahub_generation_entry, remark) == 136, "remark");
static_assert(offsetof(struct datahub_generation_entry, locator) == 256, "locator");

/* Bytes of it. */
#define DATAHUB_STATE_BYTES 12288

/* The magic word. */
#define DATAHUB_STATE_MAGIC_WORD UINT64_C(0x3145544154534844)

/* Entries of the generation table. */
#define DATAHUB_STATE_GENERATION_ENTRIES 4

/* Key epochs whose keys are known: the newest ones. */
#define DATAHUB_STATE_KEY_EPOCHS 8

/* Most bytes of a participant's label. */
#define DATAHUB_STATE_MOST_LABEL_BYTES 64

/* Most bytes of the reason of an end. */
#define DATAHUB_STATE_MOST_END_REASON_BYTES 96

/* Most bytes of the reason why a handover was cancelled. */
#define DATAHUB_STATE_MOST_HANDOVER_BYTES 96

/* Most rows of a block. */
#define DATAHUB_STATE_MOST_ROWS 1024

/* Most flexible zones of a block. */
#define DATAHUB_STATE_MOST_ZONES 64

/* Most spin locks of a block. */
#define DATAHUB_STATE_MOST_LOCKS 1024

/*
 * The file `state`: who and what a block is, and what its producer says. Written by the producer alone (at
 * creation by the creator, who holds byte 0 then), mapped read-only by everybody else.
 */
struct datahub_state {
    uint64_t magic; /* creator, rel/acq: DHSTATE1, last */
    uint32_t layout_version; /* creator, once: major << 16, minor */
    uint32_t byte_order; /* creator, once: 0x01020304 */
    uint64_t layout_hash; /* creator, once: hash of all layouts */
    uint64_t state_bytes; /* creator, once: size of this file */
    uint64_t block_id_high; /* creator, once: random */
    uint64_t block_id_low; /* creator, once: random */
    uint64_t control_bytes; /* creator, once: size of control */
    uint64_t created_utc_ns; /* creator, once: for people */
    uint64_t boot_id_high; /* producer, rel/acq: boot it lives in */
    uint64_t boot_id_low; /* producer, rel/acq: the rest of it, last */
    uint32_t sync_policy; /* creator, once: SyncPolicy */
    uint32_t buffer_policy; /* creator, once: BufferPolicy */
    uint32_t rows; /* creator, once: 1..1024 */
    uint32_t pins_per_row; /* creator, once: 1..16 */
    uint32_t zones; /* creator, once: flexible zones, 0..64 */
    uint32_t locks; /* creator, once: spin locks, 0..1024 */
    uint32_t timestamps; /* creator, once: Timestamps */
    uint32_t integrity_mode; /* creator, once: IntegrityMode */
    uint64_t stall_ns; /* producer, opaque: how long one may gate */
    uint32_t stall_policy; /* producer, plain: StallPolicy */
    uint32_t name_bytes; /* creator, once: 1..255 */
    uint8_t name[256]; /* creator, once: UTF-8 */
    uint8_t padding_0[128];
    uint64_t incarnation; /* producer, rel/acq: producers so far */
    uint64_t barriers; /* producer, rel/acq: 1: has membarrier */
    uint64_t pid; /* producer, opaque: for people */
    uint64_t start_ticks; /* producer, opaque: for people */
    uint64_t pid_namespace; /* producer, opaque: for people */
    uint64_t time_namespace; /* producer, opaque: for people */
    uint32_t uid; /* producer, plain: for people */
    uint32_t label_bytes; /* producer, plain: 0..64 */
    uint8_t label[64]; /* producer, plain: UTF-8, for people */
    uint8_t padding_1[8];
    uint64_t ack_epoch; /* producer, rel/acq: join epoch last scanned */
    uint8_t padding_2[120];
    uint64_t end; /* producer, rel/acq: 0, or slots so far + 1 */
    uint64_t removed; /* remover, rel/acq: 1: REMOVED */
    uint64_t end_incarnation; /* producer, rel/acq: whose words; 0: none */
    uint32_t end_reason_bytes; /* producer, plain: 0..96 */
    uint8_t padding_3[4];
    uint8_t end_reason[96]; /* producer, plain: UTF-8, why it ended */
    uint32_t bell; /* producer, add: futex of consumers */
    uint8_t padding_4[124];
    uint64_t beat_ns; /* producer, opaque: CLOCK_MONOTONIC */
    uint64_t utc_offset_ns; /* producer, opaque: UTC - CLOCK_MONOTONIC */
    uint64_t beat_interval_ns; /* producer, opaque: time between beats */
    uint8_t padding_5[104];
    uint64_t key_epoch; /* producer, rel/acq: only grows */
    uint64_t generation_epoch; /* producer, rel/acq: table changes */
    uint64_t key_ids[8]; /* producer, rel/acq: of epoch e: at e mod 8 */
    uint64_t generations_made; /* producer, rel/acq: highest number given */
    uint64_t handover_over; /* producer, rel/acq: last one that ended */
    uint32_t handover_result; /* producer, plain: 0 cut, else cancelled */
    uint32_t handover_bytes; /* producer, plain: 0..96 */
    uint64_t handover_cut; /* producer, plain: its first slot */
    uint8_t padding_6[16];
    uint64_t answer_number; /* producer, rel/acq: last one answered */
    uint32_t answer_result; /* producer, plain: 0 done, else why */
    uint8_t padding_7[4];
    uint64_t answer_value; /* producer, plain: what the answer says */
    uint8_t handover_reason[96]; /* producer, plain: UTF-8, why cancelled */
    uint8_t padding_8[8];
    uint64_t evicted[16]; /* producer, rel/acq: a bit a row */
    uint64_t counters[64]; /* producer, opaque: its counters, below */
    struct datahub_generation_entry generations[4]; /* producer, see below: 4 generation entries */
    uint64_t let_go[1024]; /* producer, rel/acq: by row: join evicted */
};

static_assert(sizeof(struct datahub_state) == DATAHUB_STATE_BYTES, "datahub_state");
static_assert(offsetof(struct datahub_state, magic) == 0, "magic");
static_assert(offsetof(struct datahub_state, layout_version) == 8, "layout_version");
static_assert(offsetof(struct datahub_state, byte_order) == 12, "byte_order");
static_assert(offsetof(struct datahub_state, layout_hash) == 16, "layout_hash");
static_assert(offsetof(struct datahub_state, state_bytes) == 24, "state_bytes");
static_assert(offsetof(struct datahub_state, block_id_high) == 32, "block_id_high");
static_assert(offsetof(struct datahub_state, block_id_low) == 40, "block_id_low");
static_assert(offsetof(struct datahub_state, control_bytes) == 48, "control_bytes");
static_assert(offsetof(struct datahub_state, created_utc_ns) == 56, "created_utc_ns");
static_assert(offsetof(struct datahub_state, boot_id_high) == 64, "boot_id_high");
static_assert(offsetof(struct datahub_state, boot_id_low) == 72, "boot_id_low");
static_assert(offsetof(struct datahub_state, sync_policy) == 80, "sync_policy");
static_assert(offsetof(struct datahub_state, buffer_policy) == 84, "buffer_policy");
static_assert(offsetof(struct datahub_state, rows) == 88, "rows");
static_assert(offsetof(struct datahub_state, pins_per_row) == 92, "pins_per_row");
static_assert(offsetof(struct datahub_state, zones) == 96, "zones");
static_assert(offsetof(struct datahub_state, locks) == 100, "locks");
static_assert(offsetof(struct datahub_state, timestamps) == 104, "timestamps");
static_assert(offsetof(struct datahub_state, integrity_mode) == 108, "integrity_mode");
static_assert(offsetof(struct datahub_state, stall_ns) == 112, "stall_ns");
static_assert(offsetof(struct datahub_state, stall_policy) == 120, "stall_policy");
static_assert(offsetof(struct datahub_state, name_bytes) == 124, "name_bytes");
static_assert(offsetof(struct datahub_state, name) == 128, "name");
static_assert(offsetof(struct datahub_state, incarnation) == 512, "incarnation");
static_assert(offsetof(struct datahub_state, barriers) == 520, "barriers");
static_assert(offsetof(struct datahub_state, pid) == 528, "pid");
static_assert(offsetof(struct datahub_state, start_ticks) == 536, "start_ticks");
static_assert(offsetof(struct datahub_state, pid_namespace) == 544, "pid_namespace");
static_assert(offsetof(struct datahub_state, time_namespace) == 552, "time_namespace");
static_assert(offsetof(struct datahub_state, uid) == 560, "uid");
static_assert(offsetof(struct datahub_state, label_bytes) == 564, "label_bytes");
static_assert(offsetof(struct datahub_state, label) == 568, "label");
static_assert(offsetof(struct datahub_state, ack_epoch) == 640, "ack_epoch");
static_assert(offsetof(struct datahub_state, end) == 768, "end");
static_assert(offsetof(struct datahub_state, removed) == 776, "removed");
static_assert(offsetof(struct datahub_state, end_incarnation) == 784, "end_incarnation");
static_assert(offsetof(struct datahub_state, end_reason_bytes) == 792, "end_reason_bytes");
static_assert(offsetof(struct datahub_state, end_reason) == 800, "end_reason");
static_assert(offsetof(struct datahub_state, bell) == 896, "bell");
static_assert(offsetof(struct datahub_state, beat_ns) == 1024, "beat_ns");
static_assert(offsetof(struct datahub_state, utc_offset_ns) == 1032, "utc_offset_ns");
static_assert(offsetof(struct datahub_state, beat_interval_ns) == 1040, "beat_interval_ns");
static_assert(offsetof(struct datahub_state, key_epoch) == 1152, "key_epoch");
static_assert(offsetof(struct datahub_state, generation_epoch) == 1160, "generation_epoch");
static_assert(offsetof(struct datahub_state, key_ids) == 1168, "key_ids");
static_assert(offsetof(struct datahub_state, generations_made) == 1232, "generations_made");
static_assert(offsetof(struct datahub_state, handover_over) == 1240, "handover_over");
static_assert(offsetof(struct datahub_state, handover_result) == 1248, "handover_result");
static_assert(offsetof(struct datahub_state, handover_bytes) == 1252, "handover_bytes");
static_assert(offsetof(struct datahub_state, handover_cut) == 1256, "handover_cut");
static_assert(offsetof(struct datahub_state, answer_number) == 1280, "answer_number");
static_assert(offsetof(struct datahub_state, answer_result) == 1288, "answer_result");
static_assert(offsetof(struct datahub_state, answer_value) == 1296, "answer_value");
static_assert(offsetof(struct datahub_state, handover_reason) == 1304, "handover_reason");
static_assert(offsetof(struct datahub_state, evicted) == 1408, "evicted");
static_assert(offsetof(struct datahub_state, counters) == 1536, "counters");
static_assert(offsetof(struct datahub_state, generations) == 2048, "generations");
static_assert(offsetof(struct datahub_state, let_go) == 4096, "let_go");

/* Bytes of it. */
#define DATAHUB_DATA_HEADER_BYTES 4096

/* The magic word. */
#define DATAHUB_DATA_HEADER_MAGIC_WORD UINT64_C(0x315f415441444844)

/* Value of `discipline`: consumers read slots in order. */
#define DATAHUB_DATA_HEADER_STREAM 1

/* Value of `discipline`: consumers read the newest slot. */
#define DATAHUB_DATA_HEADER_STATE 2

/* Most buffers of a state block. */
#define DATAHUB_DATA_HEADER_MOST_BUFFERS 4095

/* First slot number that a state block can't count. */
#define DATAHUB_DATA_HEADER_STATE_SLOTS UINT64_C(0xfffffffffffff)

/*
 * The head of the file `data.<generation>`. Everything before `first` is written once; cells (stream discipline)
 * or buffers (state discipline) follow.
 */
struct datahub_data_header {
    uint64_t magic; /* producer, rel/acq: DHDATA_1, last */
    uint32_t layout_version; /* producer, once: major << 16, minor */
    uint32_t byte_order; /* producer, once: 0x01020304 */
    uint64_t layout_hash; /* producer, once: hash of all layouts */
    uint64_t data_bytes; /* producer, once: size of this file */
    uint64_t block_id_high; /* producer, once: as in state */
    uint64_t block_id_low; /* producer, once: as in state */
    uint64_t generation; /* producer, once: as in the table */
    uint64_t capacity; /* producer, once: K */
    uint64_t batch; /* producer, once: B */
    uint64_t cells; /* producer, once: K + B, or buffers */
    uint64_t slot_bytes; /* producer, once: most payload bytes */
    uint64_t align; /* producer, once: payload alignment */
    uint64_t first_payload; /* producer, once: offset of cell 0's payload */
    uint64_t stride; /* producer, once: bytes from cell to cell */
    uint64_t tag_offset; /* producer, once: from payload to tag */
    uint32_t discipline; /* producer, once: 1 stream, 2 state */
    uint8_t padding_0[4];
    uint8_t schema_hash[32]; /* producer, once: 0 without a schema */
    uint32_t schema_name_bytes; /* producer, once: 0..80 */
    uint32_t schema_version; /* producer, once: major << 16, minor */
    uint8_t schema_name[80]; /* producer, once: UTF-8 */
    uint8_t padding_1[8];
    uint64_t first; /* producer, rel/acq: slot that it begins with */
    uint8_t padding_2[248];
    uint64_t head; /* producer, rel/acq: least next slot */
    uint8_t padding_3[120];
    uint64_t latest; /* producer, rel/acq: (slot + 1) << 12, buffer */
    uint8_t padding_4[3448];
};

static_assert(sizeof(struct datahub_data_header) == DATAHUB_DATA_HEADER_BYTES, "datahub_data_header");
static_assert(offsetof(struct datahub_data_header, magic) == 0, "magic");
static_assert(offsetof(struct datahub_data_header, layout_version) == 8, "layout_version");
static_assert(offsetof(struct datahub_data_header, byte_order) == 12, "byte_order");
static_assert(offsetof(struct datahub_data_header, layout_hash) == 16, "layout_hash");
static_assert(offsetof(struct datahub_data_header, data_bytes) == 24, "data_bytes");
static_assert(offsetof(struct datahub_data_header, block_id_high) == 32, "block_id_high");
static_assert(offsetof(struct datahub_data_header, block_id_low) == 40, "block_id_low");
static_assert(offsetof(struct datahub_data_header, generation) == 48, "generation");
static_assert(offsetof(struct datahub_data_header, capacity) == 56, "capacity");
static_assert(offsetof(struct datahub_data_header, batch) == 64, "batch");
static_assert(offsetof(struct datahub_data_header, cells) == 72, "cells");
static_assert(offsetof(struct datahub_data_header, slot_bytes) == 80, "slot_bytes");
static_assert(offsetof(struct datahub_data_header, align) == 88, "align");
static_assert(offsetof(struct datahub_data_header, first_payload) == 96, "first_payload");
static_assert(offsetof(struct datahub_data_header, stride) == 104, "stride");
static_assert(offsetof(struct datahub_data_header, tag_offset) == 112, "tag_offset");
static_assert(offsetof(struct datahub_data_header, discipline) == 120, "discipline");
static_assert(offsetof(struct datahub_data_header, schema_hash) == 128, "schema_hash");
static_assert(offsetof(struct datahub_data_header, schema_name_bytes) == 160, "schema_name_bytes");
static_assert(offsetof(struct datahub_data_header, schema_version) == 164, "schema_version");
static_assert(offsetof(struct datahub_data_header, schema_name) == 168, "schema_name");
static_assert(offsetof(struct datahub_data_header, first) == 256, "first");
static_assert(offsetof(struct datahub_data_header, head) == 512, "head");
static_assert(offsetof(struct datahub_data_header, latest) == 640, "latest");

/* Bytes of it. */
#define DATAHUB_CONTROL_HEADER_BYTES 1024

/* The magic word. */
#define DATAHUB_CONTROL_HEADER_MAGIC_WORD UINT64_C(0x3152544e4f434844)

/* The kind of request that lets a lossless consumer go. */
#define DATAHUB_CONTROL_HEADER_EVICT UINT64_C(0x1)

/* The kind of request that begins a handover. */
#define DATAHUB_CONTROL_HEADER_HANDOVER UINT64_C(0x2)

/* The kind of request that cancels one. */
#define DATAHUB_CONTROL_HEADER_CANCEL UINT64_C(0x3)

/* The kind of request that begins a new key epoch. */
#define DATAHUB_CONTROL_HEADER_ROTATE UINT64_C(0x4)

/* The head of the file `control`, which every participant may write: nothing in it is believed without a check. */
struct datahub_control_header {
    uint64_t magic; /* creator, rel/acq: DHCONTR1, last */
    uint32_t layout_version; /* creator, once: major << 16, minor */
    uint32_t byte_order; /* creator, once: 0x01020304 */
    uint64_t layout_hash; /* creator, once: hash of all layouts */
    uint64_t control_bytes; /* creator, once: size of this file */
    uint64_t block_id_high; /* creator, once: as in state */
    uint64_t block_id_low; /* creator, once: as in state */
    uint64_t rows_offset; /* creator, once: where the rows begin */
    uint32_t rows; /* creator, once: as in state */
    uint32_t row_bytes; /* creator, once: 1024 */
    uint64_t zones_offset; /* creator, once: where the zones begin */
    uint64_t zones_bytes; /* creator, once: bytes of all zones */
    uint64_t locks_offset; /* creator, once: where locks begin */
    uint64_t audit_offset; /* creator, once: for audit, later */
    uint64_t audit_bytes; /* creator, once: 0 now */
    uint8_t padding_0[24];
    uint64_t join_epoch; /* joiners, add: joins and leaves */
    uint32_t producer_asleep; /* both sides, exchange: 1: it sleeps */
    uint8_t padding_1[116];
    uint32_t consumers_asleep; /* both sides, exchange: 1: one sleeps */
    uint8_t padding_2[124];
    uint32_t bell; /* consumers, add: futex of producer */
    uint8_t padding_3[124];
    uint64_t request_number; /* requester, rel/acq: last, under byte 1 */
    uint64_t request_for; /* requester, opaque: whose words; 0: none */
    uint64_t request_kind; /* requester, plain: 1 to 4: see below */
    uint64_t request_values[13]; /* requester, plain: see below */
    uint8_t padding_4[384];
};

static_assert(sizeof(struct datahub_control_header) == DATAHUB_CONTROL_HEADER_BYTES, "datahub_control_header");
static_assert(offsetof(struct datahub_control_header, magic) == 0, "magic");
static_assert(offsetof(struct datahub_control_header, layout_version) == 8, "layout_version");
static_assert(offsetof(struct datahub_control_header, byte_order) == 12, "byte_order");
static_assert(offsetof(struct datahub_control_header, layout_hash) == 16, "layout_hash");
static_assert(offsetof(struct datahub_control_header, control_bytes) == 24, "control_bytes");
static_assert(offsetof(struct datahub_control_header, block_id_high) == 32, "block_id_high");
static_assert(offsetof(struct datahub_control_header, block_id_low) == 40, "block_id_low");
static_assert(offsetof(struct datahub_control_header, rows_offset) == 48, "rows_offset");
static_assert(offsetof(struct datahub_control_header, rows) == 56, "rows");
static_assert(offsetof(struct datahub_control_header, row_bytes) == 60, "row_bytes");
static_assert(offsetof(struct datahub_control_header, zones_offset) == 64, "zones_offset");
static_assert(offsetof(struct datahub_control_header, zones_bytes) == 72, "zones_bytes");
static_assert(offsetof(struct datahub_control_header, locks_offset) == 80, "locks_offset");
static_assert(offsetof(struct datahub_control_header, audit_offset) == 88, "audit_offset");
static_assert(offsetof(struct datahub_control_header, audit_bytes) == 96, "audit_bytes");
static_assert(offsetof(struct datahub_control_header, join_epoch) == 128, "join_epoch");
static_assert(offsetof(struct datahub_control_header, producer_asleep) == 136, "producer_asleep");
static_assert(offsetof(struct datahub_control_header, consumers_asleep) == 256, "consumers_asleep");
static_assert(offsetof(struct datahub_control_header, bell) == 384, "bell");
static_assert(offsetof(struct datahub_control_header, request_number) == 512, "request_number");
static_assert(offsetof(struct datahub_control_header, request_for) == 520, "request_for");
static_assert(offsetof(struct datahub_control_header, request_kind) == 528, "request_kind");
static_assert(offsetof(struct datahub_control_header, request_values) == 536, "request_values");

/* Bytes of it. */
#define DATAHUB_ROW_BYTES 1024

/* `active`: gates the producer. */
#define DATAHUB_ROW_LOSSLESS UINT64_C(0x1)

/* `active`: never gates. */
#define DATAHUB_ROW_OBSERVER UINT64_C(0x2)

/* `active`: may pin buffers. */
#define DATAHUB_ROW_PINNED UINT64_C(0x3)

/* Position of the lock byte of row 0; row j's is j behind it. */
#define DATAHUB_ROW_FIRST_LOCK UINT64_C(0x10)

/* Position of the producer's lock byte. */
#define DATAHUB_ROW_PRODUCER_LOCK UINT64_C(0x0)

/* Position of the administrator's lock byte. */
#define DATAHUB_ROW_ADMIN_LOCK UINT64_C(0x1)

/* Position of the lock byte of an administrator who waits for the answer to the request that stands. */
#define DATAHUB_ROW_ASKING_LOCK UINT64_C(0x2)

/* Position of the lock byte of a producer that waits for the byte of a stand-in. */
#define DATAHUB_ROW_WAITING_LOCK UINT64_C(0x3)

/* Most pins of a row. */
#define DATAHUB_ROW_MOST_PINS 16

/* One participant in `control`. Its owner holds the lock byte 16 + index. */
struct datahub_row {
    uint64_t active; /* owner, rel/acq: 0, or kind 1, 2, 3 */
    uint64_t epoch; /* owner, rel/acq: number of its join */
    uint64_t session; /* owner, rel/acq: number of its attach */
    uint8_t padding_0[104];
    uint64_t cursor; /* owner, rel/acq: next to release */
    uint8_t padding_1[120];
    uint64_t pins[16]; /* owner, rel/acq: 0, or the buffer + 1 */
    uint64_t barriers; /* owner, rel/acq: 1: has membarrier */
    uint64_t beat_ns; /* owner, opaque: CLOCK_MONOTONIC */
    uint64_t pid; /* owner, opaque: for people */
    uint64_t start_ticks; /* owner, opaque: for people */
    uint64_t pid_namespace; /* owner, opaque: for people */
    uint64_t time_namespace; /* owner, opaque: for people */
    uint32_t uid; /* owner, plain: for people */
    uint32_t label_bytes; /* owner, plain: 0..64 */
    uint8_t label[64]; /* owner, plain: UTF-8, for people */
    uint8_t padding_2[8];
    uint64_t generation_ready; /* owner, rel/acq: mapped ahead */
    uint64_t generation_refused; /* owner, rel/acq: it can't follow */
    uint64_t refusal; /* owner, opaque: why: an ErrorCode */
    uint64_t generation_entered; /* owner, rel/acq: reads slots from it */
    uint8_t padding_3[96];
    uint64_t received; /* owner, opaque: slots delivered */
    uint64_t missed; /* owner, opaque: slots missed */
    uint64_t counters[46]; /* owner, opaque: its counters, below */
};

static_assert(sizeof(struct datahub_row) == DATAHUB_ROW_BYTES, "datahub_row");
static_assert(offsetof(struct datahub_row, active) == 0, "active");
static_assert(offsetof(struct datahub_row, epoch) == 8, "epoch");
static_assert(offsetof(struct datahub_row, session) == 16, "session");
static_assert(offsetof(struct datahub_row, cursor) == 128, "cursor");
static_assert(offsetof(struct datahub_row, pins) == 256, "pins");
static_assert(offsetof(struct datahub_row, barriers) == 384, "barriers");
static_assert(offsetof(struct datahub_row, beat_ns) == 392, "beat_ns");
static_assert(offsetof(struct datahub_row, pid) == 400, "pid");
static_assert(offsetof(struct datahub_row, start_ticks) == 408, "start_ticks");
static_assert(offsetof(struct datahub_row, pid_namespace) == 416, "pid_namespace");
static_assert(offsetof(struct datahub_row, time_namespace) == 424, "time_namespace");
static_assert(offsetof(struct datahub_row, uid) == 432, "uid");
static_assert(offsetof(struct datahub_row, label_bytes) == 436, "label_bytes");
static_assert(offsetof(struct datahub_row, label) == 440, "label");
static_assert(offsetof(struct datahub_row, generation_ready) == 512, "generation_ready");
static_assert(offsetof(struct datahub_row, generation_refused) == 520, "generation_refused");
static_assert(offsetof(struct datahub_row, refusal) == 528, "refusal");
static_assert(offsetof(struct datahub_row, generation_entered) == 536, "generation_entered");
static_assert(offsetof(struct datahub_row, received) == 640, "received");
static_assert(offsetof(struct datahub_row, missed) == 648, "missed");
static_assert(offsetof(struct datahub_row, counters) == 656, "counters");

/* Bytes of it. */
#define DATAHUB_ZONE_ENTRY_BYTES 256

/* Most bytes of a zone's name. */
#define DATAHUB_ZONE_ENTRY_MOST_NAME_BYTES 64

/* What a flexible zone is: an entry of the table that follows `state`. */
struct datahub_zone_entry {
    uint64_t offset; /* creator, once: of its header, in control */
    uint64_t snapshot_bytes; /* creator, once: of a snapshot */
    uint32_t fields; /* creator, once: 64-bit fields */
    uint32_t name_bytes; /* creator, once: 1..64 */
    uint8_t padding_0[8];
    uint8_t schema_hash[32]; /* creator, once: 0 without a schema */
    uint8_t name[64]; /* creator, once: UTF-8 */
    uint8_t padding_1[128];
};

static_assert(sizeof(struct datahub_zone_entry) == DATAHUB_ZONE_ENTRY_BYTES, "datahub_zone_entry");
static_assert(offsetof(struct datahub_zone_entry, offset) == 0, "offset");
static_assert(offsetof(struct datahub_zone_entry, snapshot_bytes) == 8, "snapshot_bytes");
static_assert(offsetof(struct datahub_zone_entry, fields) == 16, "fields");
static_assert(offsetof(struct datahub_zone_entry, name_bytes) == 20, "name_bytes");
static_assert(offsetof(struct datahub_zone_entry, schema_hash) == 32, "schema_hash");
static_assert(offsetof(struct datahub_zone_entry, name) == 64, "name");

/* Bytes of it. */
#define DATAHUB_ZONE_HEADER_BYTES 256

/*
 * The head of a flexible zone in `control`; its fields follow, then the two halves of its snapshot. Who writes a
 * snapshot holds the lock of the zone.
 */
struct datahub_zone_header {
    uint64_t generation; /* lock holder, rel/acq: snapshots so far */
    uint8_t padding_0[120];
    uint32_t changes; /* any participant, add: futex; all changes */
    uint32_t asleep; /* any participant, exchange: 1: one sleeps */
    uint8_t padding_1[120];
};

static_assert(sizeof(struct datahub_zone_header) == DATAHUB_ZONE_HEADER_BYTES, "datahub_zone_header");
static_assert(offsetof(struct datahub_zone_header, generation) == 0, "generation");
static_assert(offsetof(struct datahub_zone_header, changes) == 128, "changes");
static_assert(offsetof(struct datahub_zone_header, asleep) == 132, "asleep");

/* Bytes of it. */
#define DATAHUB_SPIN_LOCK_BYTES 384

/* Participant number of the producer; row j's is j + 1. */
#define DATAHUB_SPIN_LOCK_PRODUCER 65535

/* Set in an owner word that was handed over and not yet taken. */
#define DATAHUB_SPIN_LOCK_HANDED UINT64_C(0x10000)

/*
 * A spin lock in `control`. Its owner is a participant, of one attach: bits 0 to 15 say the row + 1, or 0xffff
 * for the producer; bit 16 that it was handed over and not yet taken; the others the session.
 */
struct datahub_spin_lock {
    uint64_t owner; /* any participant, replace: 0 free */
    uint64_t inconsistent; /* any participant, rel/acq: 1: an owner died */
    uint8_t padding_0[112];
    uint64_t waiting[16]; /* any participant, replace: a bit a row */
    uint64_t producer_waiting; /* producer, replace: 1: it waits */
    uint8_t padding_1[120];
};

static_assert(sizeof(struct datahub_spin_lock) == DATAHUB_SPIN_LOCK_BYTES, "datahub_spin_lock");
static_assert(offsetof(struct datahub_spin_lock, owner) == 0, "owner");
static_assert(offsetof(struct datahub_spin_lock, inconsistent) == 8, "inconsistent");
static_assert(offsetof(struct datahub_spin_lock, waiting) == 128, "waiting");
static_assert(offsetof(struct datahub_spin_lock, producer_waiting) == 256, "producer_waiting");

/* Bytes of it. */
#define DATAHUB_PLACE_BYTES 1152

/* The magic word. */
#define DATAHUB_PLACE_MAGIC_WORD UINT64_C(0x314543414c504844)

/* Most bytes of a path. */
#define DATAHUB_PLACE_MOST_PATH_BYTES 1024

/*
 * A file of the block's name in the hub directory: the block's own directory is elsewhere. It counts only if its
 * owner is that of the directory and of `state`, and `state` has the name and the id.
 */
struct datahub_place {
    uint64_t magic; /* creator, rel/acq: DHPLACE1, last */
    uint32_t layout_version; /* creator, once: major << 16, minor */
    uint32_t byte_order; /* creator, once: 0x01020304 */
    uint64_t block_id_high; /* creator, once: as in state */
    uint64_t block_id_low; /* creator, once: as in state */
    uint32_t path_bytes; /* creator, once: 1..1024 */
    uint8_t padding_0[92];
    uint8_t path[1024]; /* creator, once: UTF-8, of the directory */
};

static_assert(sizeof(struct datahub_place) == DATAHUB_PLACE_BYTES, "datahub_place");
static_assert(offsetof(struct datahub_place, magic) == 0, "magic");
static_assert(offsetof(struct datahub_place, layout_version) == 8, "layout_version");
static_assert(offsetof(struct datahub_place, byte_order) == 12, "byte_order");
static_assert(offsetof(struct datahub_place, block_id_high) == 16, "block_id_high");
static_assert(offsetof(struct datahub_place, block_id_low) == 24, "block_id_low");
static_assert(offsetof(struct datahub_place, path_bytes) == 32, "path_bytes");
static_assert(offsetof(struct datahub_place, path) == 128, "path");

/* Bytes of it. */
#define DATAHUB_PRODUCER_COUNTERS_BYTES 512

/*
 * What a producer counts, in `state`. Each word has one writer, which stores it with its beat and at its close:
 * a reader sees what was true a beat ago. They begin anew with each incarnation. A wait of about a microsecond
 * is not timed: it counts in the first bucket and adds no time.
 */
struct datahub_producer_counters {
    uint64_t slots; /* producer, opaque: committed */
    uint64_t payload_bytes; /* producer, opaque: of slots committed */
    uint64_t batches; /* producer, opaque: commits of a batch */
    uint64_t largest_batch; /* producer, opaque: most slots of a commit */
    uint64_t aborts; /* producer, opaque: claims given back */
    uint64_t waits; /* producer, opaque: claims that had to wait */
    uint64_t wait_ns; /* producer, opaque: time they waited */
    uint64_t write_timeouts; /* producer, opaque: waits that ended in vain */
    uint64_t scans; /* producer, opaque: looks at all rows */
    uint64_t reclaims; /* producer, opaque: dead rows cleaned */
    uint64_t evictions; /* producer, opaque: stalled rows let go */
    uint64_t rings; /* producer, opaque: wake-ups of sleepers */
    uint64_t unsealed_waits; /* producer, opaque: waits for a provider */
    uint64_t key_epochs; /* producer, opaque: key epochs begun */
    uint8_t padding_0[144];
    uint64_t wait_buckets[16]; /* producer, opaque: waits by time, log 2 */
    uint8_t padding_1[128];
};

static_assert(sizeof(struct datahub_producer_counters) == DATAHUB_PRODUCER_COUNTERS_BYTES, "datahub_producer_counters");
static_assert(offsetof(struct datahub_producer_counters, slots) == 0, "slots");
static_assert(offsetof(struct datahub_producer_counters, payload_bytes) == 8, "payload_bytes");
static_assert(offsetof(struct datahub_producer_counters, batches) == 16, "batches");
static_assert(offsetof(struct datahub_producer_counters, largest_batch) == 24, "largest_batch");
static_assert(offsetof(struct datahub_producer_counters, aborts) == 32, "aborts");
static_assert(offsetof(struct datahub_producer_counters, waits) == 40, "waits");
static_assert(offsetof(struct datahub_producer_counters, wait_ns) == 48, "wait_ns");
static_assert(offsetof(struct datahub_producer_counters, write_timeouts) == 56, "write_timeouts");
static_assert(offsetof(struct datahub_producer_counters, scans) == 64, "scans");
static_assert(offsetof(struct datahub_producer_counters, reclaims) == 72, "reclaims");
static_assert(offsetof(struct datahub_producer_counters, evictions) == 80, "evictions");
static_assert(offsetof(struct datahub_producer_counters, rings) == 88, "rings");
static_assert(offsetof(struct datahub_producer_counters, unsealed_waits) == 96, "unsealed_waits");
static_assert(offsetof(struct datahub_producer_counters, key_epochs) == 104, "key_epochs");
static_assert(offsetof(struct datahub_producer_counters, wait_buckets) == 256, "wait_buckets");

/* Bytes of it. */
#define DATAHUB_CONSUMER_COUNTERS_BYTES 368

/* What a consumer counts, in its row of `control`; as [ProducerCounters]. */
struct datahub_consumer_counters {
    uint64_t payload_bytes; /* owner, opaque: of slots received */
    uint64_t copies; /* owner, opaque: slots read as copies */
    uint64_t batches; /* owner, opaque: reads of a batch */
    uint64_t overrun; /* owner, opaque: missed: overwritten */
    uint64_t evicted; /* owner, opaque: missed: let go */
    uint64_t bad; /* owner, opaque: missed: not verified */
    uint64_t superseded; /* owner, opaque: passed over */
    uint64_t corrupt; /* owner, opaque: verifications failed */
    uint64_t refused; /* owner, opaque: algorithm not accepted */
    uint64_t timeouts; /* owner, opaque: waits in vain */
    uint64_t waits; /* owner, opaque: reads that had to wait */
    uint64_t wait_ns; /* owner, opaque: time they waited */
    uint64_t rings; /* owner, opaque: wake-ups of the producer */
    uint64_t joins; /* owner, opaque: joins, the first included */
    uint64_t wait_buckets[16]; /* owner, opaque: waits by time, log 2 */
    uint64_t residence_buckets[16]; /* owner, opaque: commit to release */
};

static_assert(sizeof(struct datahub_consumer_counters) == DATAHUB_CONSUMER_COUNTERS_BYTES, "datahub_consumer_counters");
static_assert(offsetof(struct datahub_consumer_counters, payload_bytes) == 0, "payload_bytes");
static_assert(offsetof(struct datahub_consumer_counters, copies) == 8, "copies");
static_assert(offsetof(struct datahub_consumer_counters, batches) == 16, "batches");
static_assert(offsetof(struct datahub_consumer_counters, overrun) == 24, "overrun");
static_assert(offsetof(struct datahub_consumer_counters, evicted) == 32, "evicted");
static_assert(offsetof(struct datahub_consumer_counters, bad) == 40, "bad");
static_assert(offsetof(struct datahub_consumer_counters, superseded) == 48, "superseded");
static_assert(offsetof(struct datahub_consumer_counters, corrupt) == 56, "corrupt");
static_assert(offsetof(struct datahub_consumer_counters, refused) == 64, "refused");
static_assert(offsetof(struct datahub_consumer_counters, timeouts) == 72, "timeouts");
static_assert(offsetof(struct datahub_consumer_counters, waits) == 80, "waits");
static_assert(offsetof(struct datahub_consumer_counters, wait_ns) == 88, "wait_ns");
static_assert(offsetof(struct datahub_consumer_counters, rings) == 96, "rings");
static_assert(offsetof(struct datahub_consumer_counters, joins) == 104, "joins");
static_assert(offsetof(struct datahub_consumer_counters, wait_buckets) == 112, "wait_buckets");
static_assert(offsetof(struct datahub_consumer_counters, residence_buckets) == 240, "residence_buckets");

#endif
