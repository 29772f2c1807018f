package org.datahub.api.layout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.datahub.api.testing.Published;

/// A layout class: what its `LAYOUT` is, and what the table above it says.
///
/// @param type the class
/// @param layout its `LAYOUT`
/// @param summary the words above the table
/// @param rows the table's rows
record LayoutTable(Class<?> type, StructLayout layout, String summary, List<Row> rows) {
    /// One row of a table, its cells as they are written.
    record Row(long offset, long size, String type, String name, String writer, String order, String meaning) {
        /// The columns that the layout knows too.
        String place() {
            return offset + " " + size + " " + type + " " + name;
        }

        /// Whether nobody writes it once the block can be found.
        boolean fixed() {
            return order.equals("once") || name.equals("magic");
        }
    }

    /// An offset-free constant of a layout class, or of [Wire].
    record Constant(String name, Number value, String words) {}

    /// In the order in which one contains the other.
    static final List<Class<?>> TYPES = List.of(
            SlotHeader.class,
            GenerationEntry.class,
            StateLayout.class,
            DataLayout.class,
            ControlLayout.class,
            RowLayout.class,
            ZoneEntry.class,
            ZoneHeader.class,
            LockLayout.class,
            PlaceLayout.class,
            ProducerCounters.class,
            ConsumerCounters.class);

    static final String SOURCES = "bundles/api/src/main/java/org/datahub/api/layout/";

    static List<LayoutTable> all() {
        return TYPES.stream().map(LayoutTable::of).toList();
    }

    static LayoutTable of(Class<?> type) {
        try {
            List<String> comment = comment(source(type), "public final class " + type.getSimpleName());
            List<Row> rows = new ArrayList<>();
            StringBuilder summary = new StringBuilder();
            for (String line : comment) {
                if (!line.startsWith("|")) summary.append(line).append(' ');
                else if (Character.isDigit(line.substring(1).strip().charAt(0))) rows.add(row(line));
            }
            StructLayout layout = (StructLayout) type.getField("LAYOUT").get(null);
            return new LayoutTable(type, layout, summary.toString().strip(), rows);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<String> source(Class<?> type) {
        try {
            return Files.readAllLines(sources().resolve(type.getSimpleName() + ".java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path sources() {
        return Published.repository().resolve(SOURCES);
    }

    private static Row row(String line) {
        String[] cells = line.substring(1).split("\\|");
        for (int i = 0; i < cells.length; i++) cells[i] = cells[i].strip();
        return new Row(
                Long.parseLong(cells[0]), Long.parseLong(cells[1]), cells[2], cells[3], cells[4], cells[5], cells[6]);
    }

    /// The `///` lines right above the line that begins with `declaration`, without their slashes.
    private static List<String> comment(List<String> source, String declaration) {
        int end = 0;
        while (!source.get(end).strip().startsWith(declaration)) end++;
        int begin = end;
        while (begin > 0 && source.get(begin - 1).strip().startsWith("///")) begin--;
        return source.subList(begin, end).stream()
                .map(line -> line.strip().substring(3).strip())
                .toList();
    }

    /// Words in lines of at most 110 characters.
    static List<String> wrap(String words) {
        return List.of(words.replaceAll("(.{1,110})(\\s+|$)", "$1\n").split("\n"));
    }

    String name() {
        return layout.name().orElseThrow();
    }

    /// The table as the layout would write it.
    List<String> places() {
        List<String> places = new ArrayList<>();
        long offset = 0;
        for (MemoryLayout member : layout.memberLayouts()) {
            if (!(member instanceof PaddingLayout)) {
                places.add(offset + " " + member.byteSize() + " " + typeOf(member) + " "
                        + member.name().orElseThrow());
            }
            offset += member.byteSize();
        }
        return places;
    }

    static String typeOf(MemoryLayout member) {
        return switch (member) {
            case ValueLayout.OfByte word -> "u8";
            case ValueLayout.OfShort word -> "u16";
            case ValueLayout.OfInt word -> "u32";
            case ValueLayout.OfLong word -> "u64";
            case SequenceLayout array -> typeOf(array.elementLayout()) + "[" + array.elementCount() + "]";
            default -> throw new IllegalArgumentException("no word: layout=" + member);
        };
    }

    /// Constants named for a member, in upper case: they are its offset.
    List<Field> offsets() {
        Set<String> members = rows.stream().map(Row::name).collect(Collectors.toSet());
        return constantFields(type)
                .filter(field -> members.contains(field.getName().toLowerCase(Locale.ROOT)))
                .toList();
    }

    /// All other constants.
    List<Constant> constants() {
        List<Field> offsets = offsets();
        return constantFields(type)
                .filter(field -> !offsets.contains(field))
                .map(LayoutTable::constant)
                .toList();
    }

    static List<Constant> constantsOf(Class<?> type) {
        return constantFields(type).map(LayoutTable::constant).toList();
    }

    private static java.util.stream.Stream<Field> constantFields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> Modifier.isPublic(field.getModifiers()) && Modifier.isStatic(field.getModifiers()))
                .filter(field -> field.getType() == long.class || field.getType() == int.class);
    }

    private static Constant constant(Field field) {
        String declaration = "public static final " + field.getType() + " " + field.getName() + " ";
        String words = String.join(" ", comment(source(field.getDeclaringClass()), declaration));
        try {
            return new Constant(field.getName(), (Number) field.get(null), words);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
