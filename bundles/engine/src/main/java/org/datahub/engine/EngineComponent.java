package org.datahub.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Timeouts;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.SegmentAllocator;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What all hubs of a container share: the providers that are there now, the declared blocks, the
/// housekeeping thread.
@Component(service = EngineComponent.class, configurationPid = "org.datahub.engine")
@Designate(ocd = EngineComponent.Config.class)
public final class EngineComponent {
    private static final Logger LOG = LoggerFactory.getLogger(EngineComponent.class);

    /// The operator's words.
    @ObjectClassDefinition(
            name = "DataHub engine",
            description = "Where the blocks live and how participants show that they are alive. A changed value takes"
                    + " effect when the engine starts anew: handles that are open are never cut off by it.")
    public @interface Config {
        /// `hub.directory`
        @AttributeDefinition(
                name = "Hub directory",
                description = "Directory that holds the blocks; nobody else may write it. Empty: $DATAHUB_DIR, or"
                        + " /dev/shm/datahub-<uid>")
        String hub_directory() default "";

        /// `beat.ms`
        @AttributeDefinition(
                name = "Beat",
                description = "Milliseconds between two beats of a participant",
                min = "1",
                max = "60000")
        int beat_ms() default 100;

        /// `write.timeout`
        @AttributeDefinition(
                name = "Write timeout",
                description = "How long a write waits at the gate that does not say it itself, as 5s")
        String write_timeout() default "5s";

        /// `read.timeout`
        @AttributeDefinition(
                name = "Read timeout",
                description = "How long a read waits for a slot that does not say it itself, as 5s")
        String read_timeout() default "5s";

        /// `attach.timeout`
        @AttributeDefinition(
                name = "Attach timeout",
                description = "How long an attach waits for a block that is not there yet, as 0s")
        String attach_timeout() default "0s";

        /// `integrity.target`
        @AttributeDefinition(
                name = "Integrity target",
                description = "(live) Filter that chooses the integrity provider of this container's producers into"
                        + " blocks that no configuration declares")
        String integrity_target() default "(integrity.name=crc32c)";

        /// `allocator.target`
        @AttributeDefinition(
                name = "Allocator target",
                description = "(live, for new blocks) Filter that chooses the allocator of blocks that no configuration"
                        + " declares")
        String allocator_target() default "(allocator.name=shm)";
    }

    /// Ours: read and checked once.
    record Settings(Path directory, Duration beat, Timeouts timeouts) {
        static Settings of(Config config) {
            int beat = config.beat_ms();
            if (beat < 1 || beat > 60_000) {
                throw new IllegalArgumentException("beat.ms out of range: beat.ms=" + beat + ", least=1, most=60000");
            }
            String directory = config.hub_directory().strip();
            return new Settings(
                    directory.isEmpty() ? null : Path.of(directory),
                    Duration.ofMillis(beat),
                    new Timeouts(
                            Quantities.duration("write.timeout", config.write_timeout()),
                            Quantities.duration("read.timeout", config.read_timeout()),
                            Quantities.duration("attach.timeout", config.attach_timeout())));
        }
    }

    private final Kernel kernel;
    private final Providers providers = new Providers();
    private final BoundIntegrity integrity = new BoundIntegrity(providers);
    private final Declarations declarations = new Declarations(new Undeclared(integrity, this::allocatorName));
    private volatile SegmentAllocator allocator; // for new blocks that no configuration declares
    private volatile DataHubException refusal; // of the words, while none were good
    private volatile Running running; // null while none were good

    /// What the words were good for.
    private record Running(Settings settings, Beats beats) {
        Running(Settings settings) {
            this(settings, new Beats(settings.beat()));
        }
    }

    /// With the configuration of the moment. Words that can't be used do not end the component: those
    /// that need it would not begin again when the file is mended.
    @Activate
    public EngineComponent(@Reference Kernel kernel, Config config, Map<String, Object> properties) {
        this.kernel = kernel;
        begin(config, properties);
    }

    private void begin(Config config, Map<String, Object> properties) {
        try {
            running = new Running(read(config, properties));
            refusal = null;
        } catch (DataHubException e) {
            refusal = e;
            LOG.error("{}", e.getMessage());
        }
    }

    private static Settings read(Config config, Map<String, Object> properties) {
        try {
            Keys.check(Config.class, properties);
            Keys.filter("integrity.target", config.integrity_target());
            Keys.filter("allocator.target", config.allocator_target());
            return Settings.of(config);
        } catch (RuntimeException e) { // ours, and that of Declarative Services for a word that is no number
            throw new DataHubException(
                    ErrorCode.CONFIGURATION,
                    "the engine is configured with a value that can't be used: pid=org.datahub.engine: "
                            + e.getMessage(),
                    "mend the file; it is read again when it changes",
                    e);
        }
    }

    /// Peers in other processes must not feel a changed configuration: what runs goes on as it is.
    @Modified
    void modified(Config config, Map<String, Object> properties) {
        Running now = running;
        if (now == null) {
            begin(config, properties);
            if (running != null) declarations.countAnew();
            return;
        }
        try {
            if (read(config, properties).equals(now.settings)) return;
            LOG.info(
                    "the changed configuration takes effect when the engine starts anew: running with {}",
                    now.settings);
        } catch (DataHubException e) {
            LOG.error("the changed configuration is refused, the last good one stays: {}", e.getMessage());
        }
    }

    @Deactivate
    void deactivate() {
        if (running != null) running.beats.close();
    }

    @Reference(name = "each.allocator", cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindEachAllocator(SegmentAllocator bound, Map<String, Object> properties) {
        providers.add(bound, ranking(properties));
        if (running != null) declarations.allocatorCame();
    }

    void unbindEachAllocator(SegmentAllocator unbound) {
        providers.remove(unbound);
    }

    @Reference(name = "each.integrity", cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindEachIntegrity(IntegrityProvider bound, Map<String, Object> properties) {
        providers.add(bound, ranking(properties));
    }

    void unbindEachIntegrity(IntegrityProvider unbound) {
        providers.letGo(unbound, kernel);
    }

    @Reference(
            name = "allocator",
            target = "(allocator.name=shm)",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAllocator(SegmentAllocator bound) {
        allocator = bound;
    }

    void unbindAllocator(SegmentAllocator unbound) {
        if (allocator == unbound) allocator = null;
    }

    private String allocatorName() {
        SegmentAllocator present = allocator;
        if (present == null) throw unbound("pid=org.datahub.engine");
        return present.name();
    }

    /// What a caller is told while no allocator is there that `allocator.target` chooses.
    static DataHubException unbound(String where) {
        return new DataHubException(
                ErrorCode.ALLOCATOR_MISSING,
                "the allocator that allocator.target= chooses is not there: " + where,
                "install or start its bundle, or change allocator.target=");
    }

    @Reference(
            name = "integrity",
            target = "(integrity.name=crc32c)",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindIntegrity(IntegrityProvider bound) {
        integrity.set(bound);
    }

    void unbindIntegrity(IntegrityProvider unbound) {
        integrity.unset(unbound);
    }

    static int ranking(Map<String, Object> properties) {
        return properties.get(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0;
    }

    Declarations declarations() {
        return declarations;
    }

    Providers providers() {
        return providers;
    }

    /// A hub for one user.
    ///
    /// @throws DataHubException `DH-1001`, and `DH-6001` until the engine's configuration can be used
    Hub open(String label) {
        DataHubException refused = refusal;
        if (refused != null) throw new DataHubException(refused.code(), refused.problem(), refused.advice(), refused);
        Running now = running;
        HubDirectory directory = HubDirectory.open(kernel, now.settings.directory());
        return new Hub(kernel, directory, providers, declarations, now.beats, label, now.settings.timeouts(), () -> {});
    }
}
