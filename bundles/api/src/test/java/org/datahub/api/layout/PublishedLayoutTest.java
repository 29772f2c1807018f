package org.datahub.api.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.datahub.api.BufferPolicy;
import org.datahub.api.IntegrityMode;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.testing.Command;
import org.datahub.api.testing.Published;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The tables above the layout classes, the layouts, and what is printed from both.
class PublishedLayoutTest {
    private static final String C_HEADER = "clients/c/datahub_layout.h";
    private static final String PYTHON_MODULE = "clients/python/datahub/_layout.py";

    /// Lines that two sides write all the same, and why that costs nothing.
    private static final Map<String, String> SHARED_LINES = Map.of(
            "control_header line 128: both sides, joiners",
            "joins and sleeping producers are both rare, and who looks for one is served with the other",
            "state line 768: producer, remover",
            "the remover holds every lock byte, so there is no producer when it writes");

    static List<LayoutTable> tables() {
        return LayoutTable.all();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void aTableSaysWhatItsLayoutIs(LayoutTable table) {
        List<String> said = table.rows().stream().map(LayoutTable.Row::place).toList();
        assertEquals(String.join("\n", table.places()), String.join("\n", said));
    }

    @Test
    void everyLayoutClassIsPublished() throws IOException {
        try (Stream<Path> files = Files.list(LayoutTable.sources())) {
            Set<String> found = new TreeSet<>();
            for (Path file : files.toList()) {
                if (Files.readString(file).contains("StructLayout LAYOUT =")) {
                    found.add(file.getFileName().toString());
                }
            }
            Set<String> known = new TreeSet<>();
            for (Class<?> type : LayoutTable.TYPES) known.add(type.getSimpleName() + ".java");
            assertEquals(known, found);
        }
    }

    @ParameterizedTest
    @MethodSource("tables")
    void wordsAreLittleEndianAndNaturallyAligned(LayoutTable table) {
        long offset = 0;
        for (MemoryLayout member : table.layout().memberLayouts()) {
            if (!(member instanceof PaddingLayout)) {
                MemoryLayout element = member instanceof SequenceLayout array ? array.elementLayout() : member;
                assertEquals(0, offset % element.byteSize(), "not aligned: " + member);
                assertEquals(element.byteSize(), element.byteAlignment(), "packed: " + member);
                if (element.byteSize() > 1) {
                    assertEquals(ByteOrder.LITTLE_ENDIAN, ((ValueLayout) element).order(), member.toString());
                }
            }
            offset += member.byteSize();
        }
    }

    @ParameterizedTest
    @MethodSource("tables")
    void constantsAreTheOffsetsOfTheMembersTheyNameAndBytesTheSize(LayoutTable table)
            throws ReflectiveOperationException {
        for (Field constant : table.offsets()) {
            String member = constant.getName().toLowerCase(Locale.ROOT);
            assertEquals(
                    table.layout().byteOffset(MemoryLayout.PathElement.groupElement(member)),
                    ((Number) constant.get(null)).longValue(),
                    constant.toString());
        }
        int bytes = table.type().getField("BYTES").getInt(null);
        assertEquals(table.layout().byteSize(), bytes);
        // A slot header stands before its payload, and the counters of a consumer end its row.
        boolean inside = bytes == SlotHeader.BYTES || table.type() == ConsumerCounters.class;
        assertTrue(inside || bytes % Wire.LINE == 0, "the next one shares a line: bytes=" + bytes);
    }

    @Test
    void limitsFitTheirFields() {
        assertEquals(StateLayout.letGo(0), StateLayout.generation(StateLayout.GENERATION_ENTRIES));
        assertEquals(StateLayout.BYTES, StateLayout.letGo(StateLayout.MOST_ROWS));
        assertEquals(StateLayout.MOST_ROWS, 8 * bytes(StateLayout.LAYOUT, "evicted"), "a bit a row");
        assertEquals(StateLayout.MOST_LABEL_BYTES, bytes(StateLayout.LAYOUT, "label"));
        assertEquals(StateLayout.MOST_LABEL_BYTES, bytes(RowLayout.LAYOUT, "label"));
        assertEquals(StateLayout.MOST_END_REASON_BYTES, bytes(StateLayout.LAYOUT, "end_reason"));
        assertEquals(RowLayout.MOST_PINS, bytes(RowLayout.LAYOUT, "pins") / Long.BYTES, "a word a pin");
        assertEquals(ControlLayout.BYTES + 2L * RowLayout.BYTES, ControlLayout.row(2));
        assertEquals(ProducerCounters.BYTES, bytes(StateLayout.LAYOUT, "counters"));
        assertEquals(ConsumerCounters.BYTES, bytes(RowLayout.LAYOUT, "counters"));
        assertEquals(ZoneEntry.MOST_NAME_BYTES, bytes(ZoneEntry.LAYOUT, "name"));
        assertEquals(StateLayout.MOST_ROWS, 8 * bytes(LockLayout.LAYOUT, "waiting"), "a bit a row");
    }

    private static long bytes(StructLayout layout, String member) {
        return layout.select(MemoryLayout.PathElement.groupElement(member)).byteSize();
    }

    /// A line is 128 bytes: processors fetch neighbours in pairs.
    @Test
    void noLineHasTwoWriters() {
        Map<String, String> found = new TreeMap<>();
        for (LayoutTable table : LayoutTable.all()) {
            Map<Long, Set<String>> writers = new TreeMap<>();
            for (LayoutTable.Row row : table.rows()) {
                if (row.fixed()) continue;
                for (long line = row.offset() / Wire.LINE;
                        line <= (row.offset() + row.size() - 1) / Wire.LINE;
                        line++) {
                    writers.computeIfAbsent(line, l -> new TreeSet<>()).add(row.writer());
                }
            }
            writers.forEach((line, names) -> {
                String all = table.name() + " line " + line * Wire.LINE + ": " + String.join(", ", names);
                if (names.size() > 1) found.put(all, "");
            });
        }
        assertEquals(new TreeSet<>(SHARED_LINES.keySet()), found.keySet(), "lines with two writers");
    }

    @ParameterizedTest
    @MethodSource("tables")
    void onlyWholeWordsAreSharedWhileTheyChange(LayoutTable table) {
        for (LayoutTable.Row row : table.rows()) {
            boolean ordered = Set.of("release/acquire", "rel/acq", "opaque", "add", "exchange", "replace")
                    .contains(row.order());
            boolean still = Set.of("plain", "once", "see below").contains(row.order());
            assertTrue(ordered || still, "unknown order: " + row);
            if (ordered) assertTrue(row.type().startsWith("u64") || row.type().startsWith("u32"), "can tear: " + row);
        }
    }

    @ParameterizedTest
    @MethodSource("tables")
    void theDocumentShowsTheTable(LayoutTable table) {
        StringBuilder text = new StringBuilder();
        int[] widths = {6, 4, 4, 4, 6, 5, 7};
        List<String[]> lines = new ArrayList<>();
        lines.add(new String[] {"offset", "size", "type", "name", "writer", "order", "meaning"});
        for (LayoutTable.Row row : table.rows()) {
            lines.add(new String[] {
                Long.toString(row.offset()),
                Long.toString(row.size()),
                row.type(),
                "`" + row.name() + "`",
                row.writer(),
                row.order(),
                row.meaning()
            });
        }
        for (String[] line : lines) {
            for (int i = 0; i < widths.length; i++) widths[i] = Math.max(widths[i], line[i].length());
        }
        for (String[] line : lines) {
            for (int i = 0; i < widths.length; i++) {
                String pad = " ".repeat(widths[i] - line[i].length());
                text.append("| ").append(i < 2 ? pad + line[i] : line[i] + pad).append(' ');
            }
            text.append("|\n");
            if (line != lines.getFirst()) continue;
            for (int i = 0; i < widths.length; i++) {
                text.append("|-").append("-".repeat(widths[i])).append(i < 2 ? ":" : "-");
            }
            text.append("|\n");
        }
        Published.checkSection(
                "docs/memory-layout.md",
                table.name(),
                text + "\n" + table.layout().byteSize() + " bytes.\n");
    }

    @Test
    void theDocumentShowsTheFixedWords() {
        StringBuilder text = new StringBuilder("| word | value | bytes in the file |\n|---|---|---|\n");
        word(text, "`magic` of `state`", StateLayout.MAGIC_WORD, 8);
        word(text, "`magic` of `control`", ControlLayout.MAGIC_WORD, 8);
        word(text, "`magic` of `data`", DataLayout.MAGIC_WORD, 8);
        word(text, "`layout_version`", Wire.VERSION, 4);
        word(text, "`byte_order`", Wire.BYTE_ORDER, 4);
        word(text, "`layout_hash`", Wire.layoutHash(), 8);
        Published.checkSection("docs/memory-layout.md", "fixed words", text.toString());
    }

    private static void word(StringBuilder text, String name, long value, int bytes) {
        byte[] file = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        String inFile = HexFormat.ofDelimiter(" ").formatHex(file, 0, bytes);
        String number = HexFormat.of().toHexDigits(value, 2 * bytes);
        text.append("| " + name + " | `0x" + number + "` | `" + inFile + "` |\n");
    }

    @Test
    void theCHeaderIsCurrentAndCompiles() {
        Published.check(C_HEADER, CHeader.print());
        Command.requireTool("gcc");
        String twice = "#include \"datahub_layout.h\"\n#include \"datahub_layout.h\"\n";
        String folder = Published.repository().resolve("clients/c").toString();
        Command.feed(
                twice,
                "gcc",
                "-std=c11",
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
                "-fsyntax-only",
                "-I",
                folder,
                "-xc",
                "-");
    }

    @Test
    void thePythonModuleIsCurrentAndReadsWhatItsFieldsSay() {
        Published.check(PYTHON_MODULE, PythonModule.print());
        Command.require(Files.isExecutable(Path.of("/usr/bin/python3")), "no /usr/bin/python3");
        String folder = Published.repository().resolve("clients/python/datahub").toString();
        String checked = Command.feed("""
                import random, struct, sys
                sys.path.insert(0, sys.argv[1])
                import _layout
                for name, fields in vars(_layout).items():
                    if not isinstance(fields, dict) or name.startswith("__"):
                        continue
                    whole = getattr(_layout, name + "_FORMAT")
                    size = getattr(_layout, name + "_BYTES")
                    assert struct.calcsize(whole) == size, name
                    memory = random.randbytes(size)
                    one_by_one = []
                    for field in fields.values():
                        one_by_one.extend(struct.unpack_from(field.format, memory, field.offset))
                    assert tuple(one_by_one) == struct.unpack(whole, memory), name
                    print(name.lower())
                """, "/usr/bin/python3", "-B", "-W", "error", "-", folder);
        List<String> names = LayoutTable.all().stream().map(LayoutTable::name).toList();
        assertEquals(names, checked.lines().toList());
    }

    /// The hash of all layouts, as a constant of the printed files.
    static LayoutTable.Constant layoutHash() {
        return new LayoutTable.Constant(
                "LAYOUT_HASH", Wire.layoutHash(), "Hash of all layouts: what `layout_hash` says in each file.");
    }

    /// The enums whose order is part of the layout.
    static List<LayoutTable.Constant> choices() {
        List<LayoutTable.Constant> choices = new ArrayList<>();
        choices("SYNC_POLICY", SyncPolicy.values(), choices);
        choices("BUFFER_POLICY", BufferPolicy.values(), choices);
        choices("TIMESTAMPS", Timestamps.values(), choices);
        choices("INTEGRITY_MODE", IntegrityMode.values(), choices);
        return choices;
    }

    private static void choices(String member, Enum<?>[] values, List<LayoutTable.Constant> into) {
        for (Enum<?> value : values) {
            String words = "`" + member.toLowerCase(Locale.ROOT) + "` of state: " + value + ".";
            into.add(new LayoutTable.Constant(member + "_" + value, value.ordinal(), words));
        }
    }
}
