package org.datahub.distribution;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Publishes a file or a pipe.
@Command(
        name = "pub",
        description = {
            "Publishes what it reads: one slot for each N bytes, the last one may be shorter.",
            "Creates the block or takes it over; slot numbers go on. At the end of the input it waits until",
            "lossless consumers have read everything, then closes the stream. The block stays."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  datahub pub camera --from video.raw --slot-bytes 1MiB --wait-consumers 1",
            "  vmstat 1 | datahub pub vmstat --from - --slot-bytes 4KiB"
        })
final class PubCommand implements Callable<Integer> {
    private static final Duration HANDOVER = Duration.ofSeconds(10);
    private static final Duration SLICE = Duration.ofMillis(100);
    private static final long POLL_NANOS = 10_000_000;
    private static final int INTERRUPTED = 130;
    private static final String STANDARD_INPUT = "-";

    @ParentCommand
    private Main datahub;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Name of the block.")
    private String name;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            required = true,
            description = "What to publish; - is standard input.")
    private String from;

    @Option(
            names = "--slot-bytes",
            paramLabel = "N",
            converter = Sizes.class,
            description = "Payload bytes of a slot, as 4096 or 64KiB (default: the block's; a new block needs it).")
    private Long slotBytes;

    @Option(
            names = "--slots",
            paramLabel = "K",
            description = "How many of the newest slots stay intact (default: the block's, or one for this machine).")
    private Long slots;

    @Option(
            names = "--policy",
            paramLabel = "P",
            description = "${COMPLETION-CANDIDATES} (default: the block's, or SEQUENTIAL_SYNC).")
    private SyncPolicy policy;

    @Option(
            names = "--integrity",
            paramLabel = "NAME",
            description =
                    "Algorithm that seals the slots, as crc32c, hmac-sha256, blake2b-256 or none (default: crc32c).")
    private String integrity;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            split = ",",
            description = "Key that seals, for hmac-sha256 or blake2b-256; datahub key new makes one.")
    private Path[] keyFiles;

    @Option(
            names = "--allocator",
            paramLabel = "NAME",
            description =
                    "Where the block's memory comes from, as shm, thp, hugepages or file (default: the block's, or shm).")
    private String allocator;

    @Option(
            names = "--handover",
            description = "Hand the block over where it has other slots or other memory than asked for: consumers"
                    + " follow without a gap. If one can't, nothing changes.")
    private boolean handover;

    @Option(
            names = "--timestamps",
            paramLabel = "CLOCK",
            description = "${COMPLETION-CANDIDATES} (default: the block's, or EXACT).")
    private Timestamps timestamps;

    @Option(names = "--rate", paramLabel = "R", description = "Slots a second (default: as fast as consumers allow).")
    private Double rate;

    @Option(
            names = "--wait-consumers",
            paramLabel = "C",
            defaultValue = "0",
            description = "Begin when C lossless consumers are attached (default: 0).")
    private int waitConsumers;

    @Override
    public Integer call() throws IOException {
        refuseImpossible();
        try (ReadableByteChannel in = open();
                DataHub hub = datahub.hub("pub", keyFiles)) {
            if (slotBytes == null && !hub.list().contains(name)) {
                throw usage("--slot-bytes is needed for a new block: name=" + name);
            }
            try (DataBlockProducer producer = hub.create(blockSpec())) {
                SyncPolicy actual = hub.info(name).policy();
                refuseWaitingInVain(actual);
                String reason = "failed"; // consumers must not take what they have for the whole
                try {
                    int status = publish(in, producer, actual);
                    reason = status == 0 ? "end of input" : "interrupted";
                    return status;
                } finally {
                    producer.close(reason);
                }
            }
        }
    }

    private int publish(ReadableByteChannel in, DataBlockProducer producer, SyncPolicy actual) throws IOException {
        Stop stop = datahub.stop();
        Terminal terminal = datahub.terminal();
        Publication publication = new Publication(in, producer, stop, terminal);
        if (!awaitConsumers(producer)) return INTERRUPTED;
        try (Progress progress = Progress.on(terminal, publication::progress)) {
            publication.run(rate == null ? null : new Pace(rate));
            while (!stop.requested() && !producer.drain(SLICE)) {}
        } finally {
            terminal.say(publication.summary());
        }
        if (actual != SyncPolicy.LATEST_ONLY) sayUnseen(producer.unseen(), publication.slots());
        return stop.requested() ? INTERRUPTED : 0;
    }

    private void sayUnseen(long unseen, long published) {
        if (unseen == 0) return;
        datahub.terminal()
                .say("no lossless consumer saw " + Math.min(unseen, published) + " of these slots;"
                        + " --wait-consumers 1 begins when one is there");
    }

    private boolean awaitConsumers(DataBlockProducer producer) {
        int said = -1;
        while (!datahub.stop().requested()) {
            int there = producer.losslessConsumers();
            if (there >= waitConsumers) return true;
            if (there != said) {
                datahub.terminal().say("waiting for lossless consumers: there=" + there + ", wanted=" + waitConsumers);
            }
            said = there;
            LockSupport.parkNanos(POLL_NANOS);
        }
        return false;
    }

    private ReadableByteChannel open() throws IOException {
        if (from.equals(STANDARD_INPUT)) return datahub.terminal().in();
        Path path = Path.of(from);
        if (Files.notExists(path)) throw new NoSuchFileException(from);
        if (Files.isDirectory(path)) throw usage("--from=" + from + " is a directory");
        if (!Files.isReadable(path)) throw new AccessDeniedException(from);
        return FileChannel.open(path, StandardOpenOption.READ);
    }

    private BlockSpec blockSpec() {
        BlockSpec block = BlockSpec.named(name);
        if (slotBytes != null) block = block.slotBytes(slotBytes);
        if (slots != null) block = block.slots(slots);
        if (policy != null) block = block.policy(policy);
        if (integrity != null) block = block.integrity(integrity);
        if (allocator != null) block = block.allocator(allocator);
        if (timestamps != null) block = block.timestamps(timestamps);
        if (handover) block = block.handover(HANDOVER);
        return block;
    }

    private void refuseImpossible() {
        if (rate != null && !(rate > 0 && rate <= 1e9)) throw usage("--rate=" + rate + ", allowed: above 0, up to 1e9");
        if (waitConsumers < 0) throw usage("--wait-consumers=" + waitConsumers + ", allowed: 0 and more");
        if (policy != null) refuseWaitingInVain(policy);
        if (keyFiles != null && !Arrays.asList(KeyCommand.ALGORITHMS).contains(integrity)) {
            throw usage("--key-file is for --integrity " + String.join(" or ", KeyCommand.ALGORITHMS) + ", and not for "
                    + (integrity == null ? "the default" : integrity));
        }
    }

    /// Some policies have no consumers to wait for.
    private void refuseWaitingInVain(SyncPolicy actual) {
        int most = switch (actual) {
            case LATEST_ONLY -> 0;
            case SEQUENTIAL -> 1;
            case SEQUENTIAL_SYNC -> Integer.MAX_VALUE;
        };
        if (waitConsumers > most) {
            throw usage("--wait-consumers=" + waitConsumers + ", but policy " + actual + " has at most " + most
                    + " lossless consumers");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
