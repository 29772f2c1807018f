package org.datahub.examples.instrument;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes one stream for as long as its configuration stands, each slot at its own time. What goes wrong meanwhile
/// is one line in the log, and tried again: an instrument outlives a block that is not there yet, a consumer that
/// stands still, and a provider that is away.
@Component(
        service = {},
        configurationPid = "org.datahub.examples.instrument",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = Instrument.Config.class, factory = true)
public final class Instrument {
    private static final Logger LOG = LoggerFactory.getLogger(Instrument.class);
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final Duration END = Duration.ofSeconds(10);
    private static final long RETRY_NANOS = 200_000_000;
    private static final double SECOND = 1e9;

    /// The operator's words.
    @ObjectClassDefinition(
            name = "DataHub example: instrument",
            description = "Publishes one stream into the block of its name")
    public @interface Config {
        /// `stream`
        @AttributeDefinition(name = "Stream", description = "telemetry (1 kHz) or frames (4 MiB at 60 Hz)")
        String stream();
    }

    private final DataHub hub;
    private final String stream;
    private final Thread thread;
    private volatile boolean over;

    /// Begins to publish.
    @Activate
    public Instrument(@Reference DataHub hub, Config config) {
        this.hub = hub;
        this.stream = config.stream();
        if (!stream.equals("telemetry") && !stream.equals("frames")) {
            throw new IllegalArgumentException("no such stream: stream=" + stream + ", known: telemetry, frames");
        }
        this.thread = Thread.ofPlatform().name("instrument " + stream).start(this::run);
    }

    /// Ends the stream: consumers read what is left, and are told.
    @Deactivate
    void deactivate() throws InterruptedException {
        over = true;
        LockSupport.unpark(thread);
        thread.join(END.toMillis());
    }

    private void run() {
        try (Machine machine = new Machine()) {
            Content content = stream.equals("frames") ? new Frames() : new Telemetry(machine);
            content.rehearse();
            while (!over) {
                try (DataBlockProducer out = hub.create(BlockSpec.named(stream))) {
                    publish(out, content);
                } catch (DataHubException e) {
                    tellAndWait(e);
                }
            }
        } catch (IOException e) {
            LOG.error("stream {}: {}", stream, e.toString());
        }
    }

    private void publish(DataBlockProducer out, Content content) {
        double period = SECOND / content.rate();
        double due = System.nanoTime();
        while (!over) {
            LockSupport.parkNanos((long) due - System.nanoTime());
            if (due - System.nanoTime() > 0) continue;
            try {
                out.write(tx -> content.fill(tx.payload(), 0, tx.number()));
            } catch (DataHubException e) {
                if (e.code() == ErrorCode.HANDLE_CLOSED) throw e;
                tellAndWait(e);
            }
            due = Math.max(due + period, System.nanoTime() - SECOND); // no more than a second is made up for
        }
        out.drain(DRAIN);
    }

    private void tellAndWait(DataHubException e) {
        if (over) return;
        LOG.warn("stream {}: {}", stream, e.getMessage());
        LockSupport.parkNanos(RETRY_NANOS);
    }
}
