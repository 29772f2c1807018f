package org.datahub.distribution;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.Delivery;
import org.datahub.api.StartFrom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Reads a block.
@Command(
        name = "tap",
        description = {
            "Shows what flows through a block, or copies it with --raw.",
            "Ends with the stream (0), after --count slots (0), or when standard output is closed (141).",
            "A producer that was killed is waited for."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  datahub tap camera                    one line a slot, never holds the producer up",
            "  datahub tap camera --raw > copy.raw   every slot from the oldest on",
            "  datahub tap camera --json --count 10"
        })
final class TapCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    @ParentCommand
    private Main datahub;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Name of the block.")
    private String name;

    @Option(names = "--raw", description = "Payloads to standard output, nothing else.")
    private boolean raw;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            description =
                    "${COMPLETION-CANDIDATES} (default: OLDEST with --raw, without a live producer, or after a wait).")
    private StartFrom from;

    @Option(names = "--count", paramLabel = "N", description = "End after N slots.")
    private Long count;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description =
                    "${COMPLETION-CANDIDATES} (default: LOSSLESS with --raw, else OBSERVER; LATEST on a state block).")
    private Reading.Mode mode;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Durations.class,
            defaultValue = "5s",
            description = "How long to wait for the block to appear, as 30s (default: 5s).")
    private Duration wait;

    @Option(
            names = "--accept",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Algorithms whose slots are taken (default: crc32c,hmac-sha256,blake2b-256; with --key-file the"
                            + " last two).")
    private String[] accept;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            split = ",",
            description = "Key of slots sealed by hmac-sha256 or blake2b-256, or several with a comma between two.")
    private Path[] keyFiles;

    @Option(
            names = "--copy-first",
            description = "Verify a private copy of each slot, and show that: against a hostile writer.")
    private boolean copyFirst;

    @Override
    public Integer call() throws IOException {
        if (raw && json) throw usage("--raw and --json exclude each other");
        if (count != null && count < 1) throw usage("--count=" + count + ", allowed: 1 and more");
        Terminal terminal = datahub.terminal();
        Stop stop = datahub.stop();
        try (DataHub hub = datahub.hub("tap", keyFiles)) {
            Arrival arrival = Arrival.of(hub, name, wait, terminal, stop);
            if (arrival == null) return INTERRUPTED;
            Reading reading = Reading.of(arrival, raw, mode, from);
            try (DataBlockConsumer in = hub.attach(name, consumerSpec(reading))) {
                ProducerWatch watch = new ProducerWatch(hub, in, terminal);
                Tap.Form form = raw ? Tap.Form.RAW : json ? Tap.Form.JSON : Tap.Form.TEXT;
                new Tap(in, terminal, form).run(count == null ? Long.MAX_VALUE : count, stop, watch::silent);
                sayMissed(in, reading);
            }
        }
        return stop.requested() ? INTERRUPTED : 0;
    }

    private void sayMissed(DataBlockConsumer in, Reading reading) {
        if (in.missed() == 0 || reading.delivery() == Delivery.PINNED) return;
        datahub.terminal().say("missed in all: slots=" + in.missed() + ", received=" + in.received());
    }

    private ConsumerSpec consumerSpec(Reading reading) {
        ConsumerSpec kind = switch (reading.delivery()) {
            case LOSSLESS -> ConsumerSpec.lossless();
            case OBSERVER -> ConsumerSpec.observer();
            case PINNED -> ConsumerSpec.pinned();
        };
        ConsumerSpec usual = kind.from(reading.from())
                .copyFirst(copyFirst)
                .attachTimeout(Duration.ZERO)
                .label("tap");
        if (accept != null) return usual.accept(accept);
        // Who names a key wants to know who wrote: a CRC anybody can compute.
        return keyFiles == null ? usual : usual.accept(KeyCommand.ALGORITHMS);
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
