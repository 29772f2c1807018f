package org.datahub.distribution;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.datahub.api.DataHub;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.HandoverSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Has a block's producer go on in other memory, or in slots of another size.
@Command(
        name = "handover",
        description = "Has the producer of a block go on in another data segment while records flow. Slot numbers go"
                + " on, and consumers follow without a gap. If one can't, nothing changes. Where nobody produces, the"
                + " command does it itself.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  datahub handover camera --allocator hugepages",
            "  datahub handover camera --slots 4096 --slot-bytes 1MiB",
            "  datahub handover camera --cancel"
        })
final class HandoverCommand implements Callable<Integer> {
    @ParentCommand
    private Main datahub;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Name of the block.")
    private String name;

    @Option(
            names = "--allocator",
            paramLabel = "NAME",
            description = "Memory that it goes on in; the producer's program must have it (default: the present one).")
    private String allocator;

    @Option(
            names = "--slots",
            paramLabel = "K",
            description = "Capacity that it goes on with (default: the present one).")
    private Long slots;

    @Option(
            names = "--slot-bytes",
            paramLabel = "SIZE",
            converter = Sizes.class,
            description = "Most payload bytes of a slot from then on, as 64KiB (default: the present ones).")
    private Long slotBytes;

    @Option(
            names = "--force",
            description = "Go on also where a lossless consumer can't follow, or does not answer: its stream ends.")
    private boolean force;

    @Option(names = "--cancel", description = "Cancel a handover that waits for consumers.")
    private boolean cancel;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Durations.class,
            description = "How long to wait for consumers and producer (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    @Override
    public Integer call() throws IOException {
        HandoverSpec wanted = wanted();
        Output out = datahub.terminal().out();
        try (DataHub hub = datahub.hub("handover")) {
            if (cancel) {
                hub.admin(name).cancelHandover(timeout);
                out.line(name + ": the handover is cancelled");
            } else {
                long first = hub.admin(name).handover(wanted, timeout);
                BlockInfo info = hub.info(name);
                out.line(name + ": from slot " + first + " on in generation " + info.generation() + ": allocator="
                        + info.allocator() + ", slots=" + info.slots() + ", slot.bytes=" + info.slotBytes());
            }
        }
        out.flush();
        return 0;
    }

    private HandoverSpec wanted() {
        boolean any = allocator != null || slots != null || slotBytes != null;
        if (cancel && (any || force)) throw usage("--cancel goes with no other choice");
        if (!cancel && !any) throw usage("nothing to change: give --allocator, --slots or --slot-bytes");
        if (slots != null && slots < 1) throw usage("--slots out of range: slots=" + slots + ", least=1");
        if (slotBytes != null && slotBytes < 1) throw usage("--slot-bytes out of range: slot.bytes=" + slotBytes);
        return new HandoverSpec(allocator, slots == null ? 0 : slots, slotBytes == null ? 0 : slotBytes, force);
    }

    private ParameterException usage(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }
}
