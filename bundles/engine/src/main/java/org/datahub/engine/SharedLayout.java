package org.datahub.engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import org.datahub.api.BlockSpec;
import org.datahub.api.ZoneSpec;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.LockLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Words;
import org.datahub.api.layout.ZoneEntry;
import org.datahub.api.layout.ZoneHeader;

/// Where rows, flexible zones and spin locks stand in `control`. Each zone has a lock of its own
/// for its writers; these come
/// first, then those of the programs. What a block has stands in `state`, which no consumer can
/// spoil.
///
/// @param rows participants
/// @param zones the zones in order
/// @param locks spin locks of the programs
record SharedLayout(int rows, List<ZoneSpec> zones, int locks) {
    private static final int HASH_BYTES = 32;

    long stateBytes() {
        return StateLayout.zone(zones.size());
    }

    long zonesOffset() {
        return ControlLayout.row(rows);
    }

    /// Offset of the header of a zone.
    long zone(int index) {
        long at = zonesOffset();
        for (ZoneSpec zone : zones.subList(0, index)) at += ZoneHeader.bytes(zone.fields(), zone.bytes());
        return at;
    }

    long locksOffset() {
        return zone(zones.size());
    }

    /// Offset of the lock of a zone's writers.
    long zoneLock(int zone) {
        return locksOffset() + (long) zone * LockLayout.BYTES;
    }

    /// Offset of a lock of the programs.
    long lock(int index) {
        return zoneLock(zones.size() + index);
    }

    long controlBytes() {
        return lock(locks);
    }

    /// Writes the table of zones.
    void fill(MemorySegment state) {
        for (int index = 0; index < zones.size(); index++) {
            ZoneSpec zone = zones.get(index);
            long at = StateLayout.zone(index);
            Words.plain(state, at + ZoneEntry.OFFSET, zone(index));
            Words.plain(state, at + ZoneEntry.SNAPSHOT_BYTES, zone.bytes());
            Words.plainInt(state, at + ZoneEntry.FIELDS, zone.fields());
            Words.plainInt(
                    state,
                    at + ZoneEntry.NAME_BYTES,
                    Words.text(state, at + ZoneEntry.NAME, ZoneEntry.MOST_NAME_BYTES, zone.name()));
            byte[] hash = new byte[HASH_BYTES];
            byte[] given = HexFormat.of().parseHex(zone.schemaHash());
            System.arraycopy(given, 0, hash, 0, given.length);
            Words.copy(hash, 0, state, at + ZoneEntry.SCHEMA_HASH, HASH_BYTES);
        }
    }

    /// Zones that the block has otherwise than `spec` asks, as `name=value`; empty where they agree.
    /// A spec may ask for fewer, and leave a hash open.
    String differences(BlockSpec spec) {
        StringJoiner found = new StringJoiner(", ");
        for (ZoneSpec asked : spec.zones()) {
            ZoneSpec here = named(asked.name());
            boolean same = here != null
                    && here.bytes() == asked.bytes()
                    && here.fields() == asked.fields()
                    && (asked.schemaHash().isEmpty() || asked.schemaHash().equals(here.schemaHash()));
            if (!same) found.add("zone." + asked.name() + "=" + shown(here) + " (asked " + shown(asked) + ")");
        }
        return found.toString();
    }

    private ZoneSpec named(String name) {
        return zones.stream()
                .filter(zone -> zone.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static String shown(ZoneSpec zone) {
        return zone == null ? "none" : zone.bytes() + ":" + zone.fields() + ":" + shown(zone.schemaHash());
    }

    /// A schema hash in a message.
    static String shown(String schemaHash) {
        return schemaHash.isEmpty() ? "none" : schemaHash;
    }

    /// Reads the table of zones; `state` is mapped whole.
    ///
    /// @throws org.datahub.api.DataHubException `DH-1007` where it is damaged
    static SharedLayout read(MemorySegment state, int rows) {
        int count = ranged("zones", Words.plainInt(state, StateLayout.ZONES), StateLayout.MOST_ZONES);
        int locks = ranged("locks", Words.plainInt(state, StateLayout.LOCKS), StateLayout.MOST_LOCKS);
        if (state.byteSize() < StateLayout.zone(count)) {
            throw Block.invalid("the state is too short: bytes=" + state.byteSize() + ", zones=" + count, null);
        }
        List<ZoneSpec> zones = new ArrayList<>();
        for (int index = 0; index < count; index++) zones.add(zone(state, StateLayout.zone(index)));
        SharedLayout read = new SharedLayout(rows, List.copyOf(zones), locks);
        for (int index = 0; index < count; index++) {
            long said = Words.plain(state, StateLayout.zone(index) + ZoneEntry.OFFSET);
            if (said != read.zone(index)) throw Block.invalid("the state is damaged: zone.offset=" + said, null);
        }
        return read;
    }

    private static ZoneSpec zone(MemorySegment state, long at) {
        try {
            return new ZoneSpec(
                    Words.text(
                            state,
                            at + ZoneEntry.NAME,
                            ZoneEntry.MOST_NAME_BYTES,
                            Words.plainInt(state, at + ZoneEntry.NAME_BYTES)),
                    Words.plain(state, at + ZoneEntry.SNAPSHOT_BYTES),
                    Words.plainInt(state, at + ZoneEntry.FIELDS),
                    hash(state, at + ZoneEntry.SCHEMA_HASH));
        } catch (IllegalArgumentException e) {
            throw Block.invalid("the state is damaged: " + e.getMessage(), e);
        }
    }

    private static String hash(MemorySegment state, long at) {
        byte[] hash = new byte[HASH_BYTES];
        Words.copy(state, at, hash, 0, HASH_BYTES);
        for (byte each : hash) if (each != 0) return HexFormat.of().formatHex(hash);
        return "";
    }

    private static int ranged(String what, int value, int most) {
        if (value >= 0 && value <= most) return value;
        throw Block.invalid("the state is damaged: " + what + "=" + value + ", most=" + most, null);
    }

    /// Bytes of `control` with these rows and nothing else.
    static long rowBytes(int rows) {
        return ControlLayout.BYTES + (long) rows * RowLayout.BYTES;
    }
}
