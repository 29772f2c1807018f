package org.datahub.distribution;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.datahub.api.DataHub;
import org.datahub.api.Delivery;
import org.datahub.api.ZoneSpec;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.SlotInfo;
import org.datahub.api.admin.SlotStates;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Shows one block.
@Command(name = "info", description = "Shows what a block is, who produces into it and who reads it. Disturbs nobody.")
final class InfoCommand implements Callable<Integer> {
    @ParentCommand
    private Main datahub;

    @Parameters(paramLabel = "NAME", description = "Name of the block.")
    private String name;

    @Option(names = "--json", description = "One JSON object; with --slots one a line and slot.")
    private boolean json;

    @Option(names = "--slots", description = "Every cell or buffer, its state, its slot and who holds it.")
    private boolean slots;

    @Override
    public Integer call() throws IOException {
        Output out = datahub.terminal().out();
        try (DataHub hub = datahub.hub("info")) {
            for (String line : slots ? ofSlots(hub.slots(name)) : ofBlock(hub.info(name))) out.line(line);
        }
        out.flush();
        return 0;
    }

    private List<String> ofBlock(BlockInfo info) {
        return json ? List.of(Json.line(info)) : text(info);
    }

    private List<String> ofSlots(List<SlotInfo> found) {
        return json ? found.stream().map(Json::line).toList() : table(found);
    }

    static List<String> table(List<SlotInfo> slots) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("CELL", "STATE", "SLOT", "LENGTH", "HELD BY ROWS"));
        for (SlotInfo slot : slots) {
            boolean any = slot.number() >= 0;
            String holders = slot.holders().stream().map(String::valueOf).collect(Collectors.joining(","));
            rows.add(List.of(
                    "" + slot.cell(),
                    word(slot.state()),
                    any ? "" + slot.number() : "-",
                    any ? "" + slot.length() : "-",
                    holders.isEmpty() ? "-" : holders));
        }
        return Columns.of(rows);
    }

    static List<String> text(BlockInfo info) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("name", info.name()));
        rows.add(List.of("block id", info.blockId()));
        rows.add(List.of("policy", info.policy() + ", " + info.buffer()));
        rows.add(List.of(
                "geometry",
                "slots=" + info.slots() + ", slot.bytes=" + info.slotBytes() + ", align=" + info.align() + ", batch="
                        + info.batch() + ", timestamp=" + word(info.timestamps())));
        rows.add(List.of(
                "memory",
                "allocator=" + info.allocator() + ", bytes=" + info.dataBytes() + ", page.bytes=" + info.pageBytes()
                        + ", generation=" + info.generation()));
        info.otherGenerations().forEach(other -> rows.add(List.of("", generation(other))));
        rows.add(List.of(
                "files",
                info.directory() + (info.survivesRestart() ? ", kept over a restart" : ", gone after a restart")));
        if (!info.memoryRemark().isEmpty()) rows.add(List.of("", info.memoryRemark()));
        rows.add(List.of(
                "integrity",
                "mode=" + word(info.integrityMode()) + ", newest="
                        + (info.integrity().isEmpty() ? "-" : info.integrity())));
        rows.add(List.of(
                "slots",
                "next=" + info.next() + ", oldest=" + info.oldest() + ", ended=" + info.ended()
                        + (info.ended() ? ", reason=" + info.endReason() : "")));
        SlotStates states = info.slotStates();
        rows.add(List.of(
                "states",
                "free=" + states.free() + ", writing=" + states.writing() + ", committed=" + states.committed()
                        + ", draining=" + states.draining()));
        for (ZoneSpec zone : info.zones()) rows.add(List.of("zone " + zone.name(), zone(zone)));
        rows.add(List.of("producer", producer(info)));
        rows.add(List.of("consumers", info.rows().size() + " of " + info.participants()));
        for (BlockInfo.Row row : info.rows()) rows.add(List.of("  row " + row.index(), consumer(row, info.next())));
        return Columns.of(rows);
    }

    private static String generation(BlockInfo.OtherGeneration other) {
        String what = other.prepared() ? "prepared" : "read up to slot " + other.end();
        return "generation " + other.number() + ": " + what + ", allocator=" + other.allocator();
    }

    private static String zone(ZoneSpec zone) {
        return "bytes=" + zone.bytes() + ", fields=" + zone.fields() + ", schema hash="
                + (zone.schemaHash().isEmpty() ? "-" : zone.schemaHash());
    }

    private static String producer(BlockInfo info) {
        String state = word(info.producerState());
        if (info.producer() == null) return state;
        String beat = info.beatAgeNanos() < 0 ? "-" : Figures.nanos(info.beatAgeNanos());
        return state + ": " + who(info.producer()) + ", incarnation=" + info.incarnation() + ", last beat=" + beat;
    }

    private static String consumer(BlockInfo.Row row, long next) {
        String position = row.delivery() == Delivery.LOSSLESS
                ? ", cursor=" + row.cursor() + ", lag=" + Math.max(0, next - row.cursor())
                : "";
        return word(row.delivery()) + ", " + (row.alive() ? "alive" : "dead") + ": " + who(row.participant()) + position
                + ", received=" + row.received() + ", missed=" + row.missed();
    }

    private static String who(BlockInfo.Participant participant) {
        return "pid=" + participant.pid() + ", uid=" + participant.uid() + ", label=" + participant.label();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
