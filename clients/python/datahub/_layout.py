"""Where each word of a DataHub block stands: little-endian, naturally aligned, padding written out.

Printed by PublishedLayoutTest from the classes of org.datahub.api.layout: do not edit. docs/memory-layout.md
says who writes a word, and in which order.
"""

from typing import NamedTuple


class Field(NamedTuple):
    """A member of a struct: where it begins, and how the module `struct` reads it there."""

    offset: int
    format: str


# Distance of words that different processes write: two cache lines, because processors fetch them in pairs.
LINE = 128

# Layout version of all files: major in the high 16 bits, minor in the low. A reader refuses another major; a
# higher minor only fills padding that a lower one does not look at.
VERSION = 0x00010000

# Reads as `VERSION` and the magic words do only where bytes are in the right order.
BYTE_ORDER = 0x01020304

# Hash of all layouts: what `layout_hash` says in each file.
LAYOUT_HASH = 0x87386e40b3541ee8

# `sync_policy` of state: LATEST_ONLY.
SYNC_POLICY_LATEST_ONLY = 0

# `sync_policy` of state: SEQUENTIAL.
SYNC_POLICY_SEQUENTIAL = 1

# `sync_policy` of state: SEQUENTIAL_SYNC.
SYNC_POLICY_SEQUENTIAL_SYNC = 2

# `buffer_policy` of state: SINGLE.
BUFFER_POLICY_SINGLE = 0

# `buffer_policy` of state: DOUBLE_BUFFER.
BUFFER_POLICY_DOUBLE_BUFFER = 1

# `buffer_policy` of state: RING_BUFFER.
BUFFER_POLICY_RING_BUFFER = 2

# `timestamps` of state: NONE.
TIMESTAMPS_NONE = 0

# `timestamps` of state: COARSE.
TIMESTAMPS_COARSE = 1

# `timestamps` of state: EXACT.
TIMESTAMPS_EXACT = 2

# `integrity_mode` of state: ENFORCED.
INTEGRITY_MODE_ENFORCED = 0

# `integrity_mode` of state: MANUAL.
INTEGRITY_MODE_MANUAL = 1

# Bytes of a header.
SLOT_HEADER_BYTES = 32

# Bytes reserved behind each payload area for the tag.
SLOT_HEADER_TAG_BYTES = 32

# The 32 bytes before each slot's payload.
SLOT_HEADER_FORMAT = "<QIHBBQQ"
SLOT_HEADER = {
    "stamp": Field(0, "<Q"),
    "length": Field(8, "<I"),
    "flags": Field(12, "<H"),
    "integrity": Field(14, "<B"),
    "key_epoch": Field(15, "<B"),
    "timestamp_ns": Field(16, "<Q"),
    "user": Field(24, "<Q"),
}

# Bytes of it.
GENERATION_ENTRY_BYTES = 512

# Phase: its segment is being made.
GENERATION_ENTRY_BUILDING = 1

# Phase: whole, not yet cut over to.
GENERATION_ENTRY_PREPARED = 2

# Phase: slots live in it.
GENERATION_ENTRY_IN_USE = 3

# Most bytes of a remark.
GENERATION_ENTRY_MOST_REMARK_BYTES = 120

# One entry of the generation table in `state`.
GENERATION_ENTRY_FORMAT = "<QIIQQ32sIIQ48xQ120s256s"
GENERATION_ENTRY = {
    "number": Field(0, "<Q"),
    "phase": Field(8, "<I"),
    "allocator_bytes": Field(12, "<I"),
    "data_bytes": Field(16, "<Q"),
    "page_bytes": Field(24, "<Q"),
    "allocator": Field(32, "<32s"),
    "locator_bytes": Field(64, "<I"),
    "remark_bytes": Field(68, "<I"),
    "segment": Field(72, "<Q"),
    "cut": Field(128, "<Q"),
    "remark": Field(136, "<120s"),
    "locator": Field(256, "<256s"),
}

# Bytes of it.
STATE_BYTES = 12288

# The magic word.
STATE_MAGIC_WORD = 0x3145544154534844

# Entries of the generation table.
STATE_GENERATION_ENTRIES = 4

# Key epochs whose keys are known: the newest ones.
STATE_KEY_EPOCHS = 8

# Most bytes of a participant's label.
STATE_MOST_LABEL_BYTES = 64

# Most bytes of the reason of an end.
STATE_MOST_END_REASON_BYTES = 96

# Most bytes of the reason why a handover was cancelled.
STATE_MOST_HANDOVER_BYTES = 96

# Most rows of a block.
STATE_MOST_ROWS = 1024

# Most flexible zones of a block.
STATE_MOST_ZONES = 64

# Most spin locks of a block.
STATE_MOST_LOCKS = 1024

# The file `state`: who and what a block is, and what its producer says. Written by the producer alone (at
# creation by the creator, who holds byte 0 then), mapped read-only by everybody else.
STATE_FORMAT = "<QIIQQQQQQQQIIIIIIIIQII256s128xQQQQQQII64s8xQ120xQQQI4x96sI124xQQQ104xQQ8QQQIIQ16xQI4xQ96s8x16Q64Q256Q1024Q"
STATE = {
    "magic": Field(0, "<Q"),
    "layout_version": Field(8, "<I"),
    "byte_order": Field(12, "<I"),
    "layout_hash": Field(16, "<Q"),
    "state_bytes": Field(24, "<Q"),
    "block_id_high": Field(32, "<Q"),
    "block_id_low": Field(40, "<Q"),
    "control_bytes": Field(48, "<Q"),
    "created_utc_ns": Field(56, "<Q"),
    "boot_id_high": Field(64, "<Q"),
    "boot_id_low": Field(72, "<Q"),
    "sync_policy": Field(80, "<I"),
    "buffer_policy": Field(84, "<I"),
    "rows": Field(88, "<I"),
    "pins_per_row": Field(92, "<I"),
    "zones": Field(96, "<I"),
    "locks": Field(100, "<I"),
    "timestamps": Field(104, "<I"),
    "integrity_mode": Field(108, "<I"),
    "stall_ns": Field(112, "<Q"),
    "stall_policy": Field(120, "<I"),
    "name_bytes": Field(124, "<I"),
    "name": Field(128, "<256s"),
    "incarnation": Field(512, "<Q"),
    "barriers": Field(520, "<Q"),
    "pid": Field(528, "<Q"),
    "start_ticks": Field(536, "<Q"),
    "pid_namespace": Field(544, "<Q"),
    "time_namespace": Field(552, "<Q"),
    "uid": Field(560, "<I"),
    "label_bytes": Field(564, "<I"),
    "label": Field(568, "<64s"),
    "ack_epoch": Field(640, "<Q"),
    "end": Field(768, "<Q"),
    "removed": Field(776, "<Q"),
    "end_incarnation": Field(784, "<Q"),
    "end_reason_bytes": Field(792, "<I"),
    "end_reason": Field(800, "<96s"),
    "bell": Field(896, "<I"),
    "beat_ns": Field(1024, "<Q"),
    "utc_offset_ns": Field(1032, "<Q"),
    "beat_interval_ns": Field(1040, "<Q"),
    "key_epoch": Field(1152, "<Q"),
    "generation_epoch": Field(1160, "<Q"),
    "key_ids": Field(1168, "<8Q"),
    "generations_made": Field(1232, "<Q"),
    "handover_over": Field(1240, "<Q"),
    "handover_result": Field(1248, "<I"),
    "handover_bytes": Field(1252, "<I"),
    "handover_cut": Field(1256, "<Q"),
    "answer_number": Field(1280, "<Q"),
    "answer_result": Field(1288, "<I"),
    "answer_value": Field(1296, "<Q"),
    "handover_reason": Field(1304, "<96s"),
    "evicted": Field(1408, "<16Q"),
    "counters": Field(1536, "<64Q"),
    "generations": Field(2048, "<256Q"),
    "let_go": Field(4096, "<1024Q"),
}

# Bytes of it.
DATA_HEADER_BYTES = 4096

# The magic word.
DATA_HEADER_MAGIC_WORD = 0x315f415441444844

# Value of `discipline`: consumers read slots in order.
DATA_HEADER_STREAM = 1

# Value of `discipline`: consumers read the newest slot.
DATA_HEADER_STATE = 2

# Most buffers of a state block.
DATA_HEADER_MOST_BUFFERS = 4095

# First slot number that a state block can't count.
DATA_HEADER_STATE_SLOTS = 0xfffffffffffff

# The head of the file `data.<generation>`. Everything before `first` is written once; cells (stream discipline)
# or buffers (state discipline) follow.
DATA_HEADER_FORMAT = "<QIIQQQQQQQQQQQQQI4x32sII80s8xQ248xQ120xQ3448x"
DATA_HEADER = {
    "magic": Field(0, "<Q"),
    "layout_version": Field(8, "<I"),
    "byte_order": Field(12, "<I"),
    "layout_hash": Field(16, "<Q"),
    "data_bytes": Field(24, "<Q"),
    "block_id_high": Field(32, "<Q"),
    "block_id_low": Field(40, "<Q"),
    "generation": Field(48, "<Q"),
    "capacity": Field(56, "<Q"),
    "batch": Field(64, "<Q"),
    "cells": Field(72, "<Q"),
    "slot_bytes": Field(80, "<Q"),
    "align": Field(88, "<Q"),
    "first_payload": Field(96, "<Q"),
    "stride": Field(104, "<Q"),
    "tag_offset": Field(112, "<Q"),
    "discipline": Field(120, "<I"),
    "schema_hash": Field(128, "<32s"),
    "schema_name_bytes": Field(160, "<I"),
    "schema_version": Field(164, "<I"),
    "schema_name": Field(168, "<80s"),
    "first": Field(256, "<Q"),
    "head": Field(512, "<Q"),
    "latest": Field(640, "<Q"),
}

# Bytes of it.
CONTROL_HEADER_BYTES = 1024

# The magic word.
CONTROL_HEADER_MAGIC_WORD = 0x3152544e4f434844

# The kind of request that lets a lossless consumer go.
CONTROL_HEADER_EVICT = 0x1

# The kind of request that begins a handover.
CONTROL_HEADER_HANDOVER = 0x2

# The kind of request that cancels one.
CONTROL_HEADER_CANCEL = 0x3

# The kind of request that begins a new key epoch.
CONTROL_HEADER_ROTATE = 0x4

# The head of the file `control`, which every participant may write: nothing in it is believed without a check.
CONTROL_HEADER_FORMAT = "<QIIQQQQQIIQQQQQ24xQI116xI124xI124xQQQ13Q384x"
CONTROL_HEADER = {
    "magic": Field(0, "<Q"),
    "layout_version": Field(8, "<I"),
    "byte_order": Field(12, "<I"),
    "layout_hash": Field(16, "<Q"),
    "control_bytes": Field(24, "<Q"),
    "block_id_high": Field(32, "<Q"),
    "block_id_low": Field(40, "<Q"),
    "rows_offset": Field(48, "<Q"),
    "rows": Field(56, "<I"),
    "row_bytes": Field(60, "<I"),
    "zones_offset": Field(64, "<Q"),
    "zones_bytes": Field(72, "<Q"),
    "locks_offset": Field(80, "<Q"),
    "audit_offset": Field(88, "<Q"),
    "audit_bytes": Field(96, "<Q"),
    "join_epoch": Field(128, "<Q"),
    "producer_asleep": Field(136, "<I"),
    "consumers_asleep": Field(256, "<I"),
    "bell": Field(384, "<I"),
    "request_number": Field(512, "<Q"),
    "request_for": Field(520, "<Q"),
    "request_kind": Field(528, "<Q"),
    "request_values": Field(536, "<13Q"),
}

# Bytes of it.
ROW_BYTES = 1024

# `active`: gates the producer.
ROW_LOSSLESS = 0x1

# `active`: never gates.
ROW_OBSERVER = 0x2

# `active`: may pin buffers.
ROW_PINNED = 0x3

# Position of the lock byte of row 0; row j's is j behind it.
ROW_FIRST_LOCK = 0x10

# Position of the producer's lock byte.
ROW_PRODUCER_LOCK = 0x0

# Position of the administrator's lock byte.
ROW_ADMIN_LOCK = 0x1

# Position of the lock byte of an administrator who waits for the answer to the request that stands.
ROW_ASKING_LOCK = 0x2

# Position of the lock byte of a producer that waits for the byte of a stand-in.
ROW_WAITING_LOCK = 0x3

# Most pins of a row.
ROW_MOST_PINS = 16

# One participant in `control`. Its owner holds the lock byte 16 + index.
ROW_FORMAT = "<QQQ104xQ120x16QQQQQQQII64s8xQQQQ96xQQ46Q"
ROW = {
    "active": Field(0, "<Q"),
    "epoch": Field(8, "<Q"),
    "session": Field(16, "<Q"),
    "cursor": Field(128, "<Q"),
    "pins": Field(256, "<16Q"),
    "barriers": Field(384, "<Q"),
    "beat_ns": Field(392, "<Q"),
    "pid": Field(400, "<Q"),
    "start_ticks": Field(408, "<Q"),
    "pid_namespace": Field(416, "<Q"),
    "time_namespace": Field(424, "<Q"),
    "uid": Field(432, "<I"),
    "label_bytes": Field(436, "<I"),
    "label": Field(440, "<64s"),
    "generation_ready": Field(512, "<Q"),
    "generation_refused": Field(520, "<Q"),
    "refusal": Field(528, "<Q"),
    "generation_entered": Field(536, "<Q"),
    "received": Field(640, "<Q"),
    "missed": Field(648, "<Q"),
    "counters": Field(656, "<46Q"),
}

# Bytes of it.
ZONE_ENTRY_BYTES = 256

# Most bytes of a zone's name.
ZONE_ENTRY_MOST_NAME_BYTES = 64

# What a flexible zone is: an entry of the table that follows `state`.
ZONE_ENTRY_FORMAT = "<QQII8x32s64s128x"
ZONE_ENTRY = {
    "offset": Field(0, "<Q"),
    "snapshot_bytes": Field(8, "<Q"),
    "fields": Field(16, "<I"),
    "name_bytes": Field(20, "<I"),
    "schema_hash": Field(32, "<32s"),
    "name": Field(64, "<64s"),
}

# Bytes of it.
ZONE_HEADER_BYTES = 256

# The head of a flexible zone in `control`; its fields follow, then the two halves of its snapshot. Who writes a
# snapshot holds the lock of the zone.
ZONE_HEADER_FORMAT = "<Q120xII120x"
ZONE_HEADER = {
    "generation": Field(0, "<Q"),
    "changes": Field(128, "<I"),
    "asleep": Field(132, "<I"),
}

# Bytes of it.
SPIN_LOCK_BYTES = 384

# Participant number of the producer; row j's is j + 1.
SPIN_LOCK_PRODUCER = 65535

# Set in an owner word that was handed over and not yet taken.
SPIN_LOCK_HANDED = 0x10000

# A spin lock in `control`. Its owner is a participant, of one attach: bits 0 to 15 say the row + 1, or 0xffff
# for the producer; bit 16 that it was handed over and not yet taken; the others the session.
SPIN_LOCK_FORMAT = "<QQ112x16QQ120x"
SPIN_LOCK = {
    "owner": Field(0, "<Q"),
    "inconsistent": Field(8, "<Q"),
    "waiting": Field(128, "<16Q"),
    "producer_waiting": Field(256, "<Q"),
}

# Bytes of it.
PLACE_BYTES = 1152

# The magic word.
PLACE_MAGIC_WORD = 0x314543414c504844

# Most bytes of a path.
PLACE_MOST_PATH_BYTES = 1024

# A file of the block's name in the hub directory: the block's own directory is elsewhere. It counts only if its
# owner is that of the directory and of `state`, and `state` has the name and the id.
PLACE_FORMAT = "<QIIQQI92x1024s"
PLACE = {
    "magic": Field(0, "<Q"),
    "layout_version": Field(8, "<I"),
    "byte_order": Field(12, "<I"),
    "block_id_high": Field(16, "<Q"),
    "block_id_low": Field(24, "<Q"),
    "path_bytes": Field(32, "<I"),
    "path": Field(128, "<1024s"),
}

# Bytes of it.
PRODUCER_COUNTERS_BYTES = 512

# What a producer counts, in `state`. Each word has one writer, which stores it with its beat and at its close:
# a reader sees what was true a beat ago. They begin anew with each incarnation. A wait of about a microsecond
# is not timed: it counts in the first bucket and adds no time.
PRODUCER_COUNTERS_FORMAT = "<QQQQQQQQQQQQQQ144x16Q128x"
PRODUCER_COUNTERS = {
    "slots": Field(0, "<Q"),
    "payload_bytes": Field(8, "<Q"),
    "batches": Field(16, "<Q"),
    "largest_batch": Field(24, "<Q"),
    "aborts": Field(32, "<Q"),
    "waits": Field(40, "<Q"),
    "wait_ns": Field(48, "<Q"),
    "write_timeouts": Field(56, "<Q"),
    "scans": Field(64, "<Q"),
    "reclaims": Field(72, "<Q"),
    "evictions": Field(80, "<Q"),
    "rings": Field(88, "<Q"),
    "unsealed_waits": Field(96, "<Q"),
    "key_epochs": Field(104, "<Q"),
    "wait_buckets": Field(256, "<16Q"),
}

# Bytes of it.
CONSUMER_COUNTERS_BYTES = 368

# What a consumer counts, in its row of `control`; as [ProducerCounters].
CONSUMER_COUNTERS_FORMAT = "<QQQQQQQQQQQQQQ16Q16Q"
CONSUMER_COUNTERS = {
    "payload_bytes": Field(0, "<Q"),
    "copies": Field(8, "<Q"),
    "batches": Field(16, "<Q"),
    "overrun": Field(24, "<Q"),
    "evicted": Field(32, "<Q"),
    "bad": Field(40, "<Q"),
    "superseded": Field(48, "<Q"),
    "corrupt": Field(56, "<Q"),
    "refused": Field(64, "<Q"),
    "timeouts": Field(72, "<Q"),
    "waits": Field(80, "<Q"),
    "wait_ns": Field(88, "<Q"),
    "rings": Field(96, "<Q"),
    "joins": Field(104, "<Q"),
    "wait_buckets": Field(112, "<16Q"),
    "residence_buckets": Field(240, "<16Q"),
}
