package org.datahub.api.layout;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/// Prints `clients/c/datahub_layout.h`.
final class CHeader {
    private final StringBuilder out = new StringBuilder();

    static String print() {
        CHeader header = new CHeader();
        header.begin();
        LayoutTable.all().forEach(header::struct);
        header.line("#endif");
        return header.out.toString();
    }

    private void begin() {
        line("/*");
        line(" * Where each word of a DataHub block stands: little-endian, naturally aligned, padding written out.");
        line(" *");
        line(
                " * Printed by PublishedLayoutTest from the classes of org.datahub.api.layout: do not edit. The comment of a");
        line(
                " * member names its writer, the order of its loads and stores, and its meaning; docs/memory-layout.md says the");
        line(
                " * rest. Words of any order but `plain` and `once` are accessed in one piece, with __atomic_load_n and the like.");
        line(" */");
        line("#ifndef DATAHUB_LAYOUT_H");
        line("#define DATAHUB_LAYOUT_H");
        line("");
        line("#include <assert.h>");
        line("#include <stddef.h>");
        line("#include <stdint.h>");
        line("");
        line("#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__");
        line("#error \"DataHub blocks are little-endian\"");
        line("#endif");
        line("");
        for (LayoutTable.Constant constant : LayoutTable.constantsOf(Wire.class)) constant("DATAHUB", constant);
        constant("DATAHUB", PublishedLayoutTest.layoutHash());
        for (LayoutTable.Constant constant : PublishedLayoutTest.choices()) constant("DATAHUB", constant);
    }

    private void constant(String prefix, LayoutTable.Constant constant) {
        comment(constant.words());
        line("#define " + prefix + "_" + constant.name() + " " + literal(constant.value()));
        line("");
    }

    private static String literal(Number value) {
        if (value instanceof Long word) return "UINT64_C(0x" + Long.toHexString(word) + ")";
        return value.intValue() < 1 << 16 ? value.toString() : "0x%08x".formatted(value);
    }

    private void struct(LayoutTable table) {
        String tag = "datahub_" + table.name();
        for (LayoutTable.Constant constant : table.constants()) {
            constant(tag.toUpperCase(Locale.ROOT), constant);
        }
        comment(table.summary());
        line("struct " + tag + " {");
        Iterator<LayoutTable.Row> rows = table.rows().iterator();
        int paddings = 0;
        for (MemoryLayout member : table.layout().memberLayouts()) {
            if (member instanceof PaddingLayout) {
                line("    uint8_t padding_" + paddings++ + "[" + member.byteSize() + "];");
            } else {
                LayoutTable.Row row = rows.next();
                line("    " + declaration(row) + "; /* " + row.writer() + ", " + row.order() + ": " + row.meaning()
                        + " */");
            }
        }
        line("};");
        line("");
        String size = tag.toUpperCase(Locale.ROOT) + "_BYTES";
        line("static_assert(sizeof(struct " + tag + ") == " + size + ", \"" + tag + "\");");
        for (LayoutTable.Row row : table.rows()) {
            String place = "offsetof(struct " + tag + ", " + row.name() + ") == " + row.offset();
            line("static_assert(" + place + ", \"" + row.name() + "\");");
        }
        line("");
    }

    private static String declaration(LayoutTable.Row row) {
        if (row.name().equals("generations")) {
            return "struct datahub_generation_entry generations[" + StateLayout.GENERATION_ENTRIES + "]";
        }
        String[] parts = row.type().split("(?=\\[)");
        return "uint" + parts[0].substring(1) + "_t " + row.name() + (parts.length == 2 ? parts[1] : "");
    }

    private void comment(String words) {
        List<String> lines = LayoutTable.wrap(words);
        if (lines.size() == 1) {
            line("/* " + words + " */");
            return;
        }
        line("/*");
        lines.forEach(text -> line(" * " + text));
        line(" */");
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
