package org.datahub.api.layout;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.util.Locale;

/// Prints `clients/python/datahub/_layout.py`.
final class PythonModule {
    private final StringBuilder out = new StringBuilder();

    static String print() {
        PythonModule module = new PythonModule();
        module.begin();
        LayoutTable.all().forEach(module::struct);
        return module.out.toString();
    }

    private void begin() {
        line("\"\"\"Where each word of a DataHub block stands: little-endian, naturally aligned, padding written out.");
        line("");
        line(
                "Printed by PublishedLayoutTest from the classes of org.datahub.api.layout: do not edit. docs/memory-layout.md");
        line("says who writes a word, and in which order.");
        line("\"\"\"");
        line("");
        line("from typing import NamedTuple");
        line("");
        line("");
        line("class Field(NamedTuple):");
        line("    \"\"\"A member of a struct: where it begins, and how the module `struct` reads it there.\"\"\"");
        line("");
        line("    offset: int");
        line("    format: str");
        line("");
        line("");
        for (LayoutTable.Constant constant : LayoutTable.constantsOf(Wire.class)) constant("", constant);
        constant("", PublishedLayoutTest.layoutHash());
        for (LayoutTable.Constant constant : PublishedLayoutTest.choices()) constant("", constant);
    }

    private void constant(String prefix, LayoutTable.Constant constant) {
        comment(constant.words());
        line(prefix + constant.name() + " = " + literal(constant.value()));
        line("");
    }

    private static String literal(Number value) {
        if (value instanceof Long word) return "0x" + Long.toHexString(word);
        return value.intValue() < 1 << 16 ? value.toString() : "0x%08x".formatted(value);
    }

    private void struct(LayoutTable table) {
        String name = table.name().toUpperCase(Locale.ROOT);
        for (LayoutTable.Constant constant : table.constants()) constant(name + "_", constant);
        StringBuilder whole = new StringBuilder("<");
        for (MemoryLayout member : table.layout().memberLayouts()) {
            whole.append(
                    member instanceof PaddingLayout ? member.byteSize() + "x" : format(LayoutTable.typeOf(member)));
        }
        comment(table.summary());
        line(name + "_FORMAT = \"" + whole + "\"");
        line(name + " = {");
        for (LayoutTable.Row row : table.rows()) {
            line("    \"" + row.name() + "\": Field(" + row.offset() + ", \"<" + format(row.type()) + "\"),");
        }
        line("}");
        if (!table.type().equals(LayoutTable.TYPES.getLast())) line("");
    }

    private static String format(String type) {
        String[] parts = type.split("[\\[\\]]");
        String letter = switch (parts[0]) {
            case "u8" -> parts.length == 2 ? "s" : "B";
            case "u16" -> "H";
            case "u32" -> "I";
            case "u64" -> "Q";
            default -> throw new IllegalArgumentException("no word: type=" + type);
        };
        return parts.length == 2 ? parts[1] + letter : letter;
    }

    private void comment(String words) {
        LayoutTable.wrap(words).forEach(text -> line("# " + text));
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
