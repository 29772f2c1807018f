package org.datahub.engine;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.datahub.api.BadSlot;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.IntegrityMode;
import org.datahub.api.StallPolicy;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.DeclaredBlock;
import org.datahub.api.keys.KeyLimits;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.SegmentAllocator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One block that configuration declares: `org.datahub.block~camera.cfg` makes the block `camera`,
/// without a producer.
/// Deleting the file removes no block.
@Component(
        service = DeclaredBlock.class,
        configurationPid = "org.datahub.block",
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true)
@Designate(ocd = BlockComponent.Config.class, factory = true)
public final class BlockComponent implements DeclaredBlock {
    private static final Logger LOG = LoggerFactory.getLogger(BlockComponent.class);
    private static final String FACTORY = "org.datahub.block~";

    /// The operator's words.
    @ObjectClassDefinition(
            name = "DataHub block",
            description = "Declares a block. Values marked (new block) are those of a block that does not exist yet; to"
                    + " change them, remove the block. The others apply live: to the next write, to the handles opened"
                    + " after, or by a handover of the running stream.")
    public @interface Config {
        /// `name`
        @AttributeDefinition(
                name = "Name",
                description = "(new block) Name of the block; empty: the part of the PID after ~")
        String name() default "";

        /// `policy`
        @AttributeDefinition(
                name = "Policy",
                description = "(new block) How consumers and producer wait for each other",
                options = {
                    @Option(label = "latest only: nobody waits", value = "LATEST_ONLY"),
                    @Option(label = "sequential: one lossless consumer", value = "SEQUENTIAL"),
                    @Option(label = "sequential sync: all lossless consumers", value = "SEQUENTIAL_SYNC")
                })
        String policy() default "SEQUENTIAL_SYNC";

        /// `slots`
        @AttributeDefinition(
                name = "Slots",
                description =
                        "(live, by a handover) Capacity K: how many of the newest slots are always intact; 0: chosen"
                                + " for this machine",
                min = "0")
        long slots() default 0;

        /// `slot.bytes`
        @AttributeDefinition(
                name = "Slot bytes",
                description = "(live, by a handover) Most payload bytes of a slot, as 65536 or 64KiB")
        String slot_bytes();

        /// `batch`
        @AttributeDefinition(name = "Batch", description = "(new block) Most slots of one commit", min = "1")
        int batch() default 1;

        /// `align`
        @AttributeDefinition(
                name = "Align",
                description = "(new block) Payloads start at a multiple of this many bytes, a power of two",
                min = "32",
                max = "4096")
        int align() default 32;

        /// `timestamp`
        @AttributeDefinition(
                name = "Timestamp",
                description = "(new block) Clock that stamps each slot",
                options = {
                    @Option(label = "exact: about 20 ns a slot", value = "exact"),
                    @Option(label = "coarse: some milliseconds behind", value = "coarse"),
                    @Option(label = "none", value = "none")
                })
        String timestamp() default "exact";

        /// `participants`
        @AttributeDefinition(
                name = "Participants",
                description = "(new block) Most consumers at a time; 0: 32, or 16 on a state block",
                min = "0",
                max = "1024")
        int participants() default 0;

        /// `pins`
        @AttributeDefinition(
                name = "Pins",
                description = "(new block) Pins a consumer, state blocks only",
                min = "1",
                max = "16")
        int pins() default 1;

        /// `integrity.mode`
        @AttributeDefinition(
                name = "Integrity mode",
                description = "(new block) Who seals and verifies",
                options = {
                    @Option(label = "enforced: the engine", value = "ENFORCED"),
                    @Option(label = "manual: the programs", value = "MANUAL")
                })
        String integrity_mode() default "ENFORCED";

        /// `integrity.target`
        @AttributeDefinition(
                name = "Integrity target",
                description = "(live) Filter that chooses the integrity provider of this container's producers")
        String integrity_target() default "(integrity.name=crc32c)";

        /// `accept`
        @AttributeDefinition(
                name = "Accepted algorithms",
                description = "(live, for consumers attached after) Algorithms whose slots this container's consumers"
                        + " take where they don't say it themselves, with a comma between two; empty: all that detect"
                        + " damage")
        String[] accept() default {};

        /// `bad.slot`
        @AttributeDefinition(
                name = "Bad slots",
                description = "(live, for consumers attached after) What becomes of a slot that fails verification,"
                        + " where the consumer does not say it itself",
                options = {
                    @Option(label = "fail: the read fails, the next one goes on", value = "FAIL"),
                    @Option(label = "skip: a gap is reported", value = "SKIP"),
                    @Option(label = "deliver: marked as bad", value = "DELIVER")
                })
        String bad_slot() default "FAIL";

        /// `key.max.slots`
        @AttributeDefinition(
                name = "Key slots",
                description = "(live, for producers opened after) Slots after which a new key epoch begins; 0: never",
                min = "0")
        long key_max_slots() default 0;

        /// `key.max.age`
        @AttributeDefinition(
                name = "Key age",
                description = "(live, for producers opened after) Time after which a new key epoch begins, as 12h; 0s:"
                        + " never")
        String key_max_age() default "0s";

        /// `allocator.target`
        @AttributeDefinition(
                name = "Allocator target",
                description = "(live, by a handover) Filter that chooses the allocator of the data segment")
        String allocator_target() default "(allocator.name=shm)";

        /// `write.timeout`
        @AttributeDefinition(
                name = "Write timeout",
                description = "(live, for producers opened after) How long a write waits at the gate, as 5s or 500ms")
        String write_timeout() default "5s";

        /// `stall`
        @AttributeDefinition(
                name = "Stall",
                description =
                        "(live, for producers opened after) How long a live lossless consumer may gate the producer"
                                + " before the stall policy applies, as 10s")
        String stall() default "10s";

        /// `stall.policy`
        @AttributeDefinition(
                name = "Stall policy",
                description = "(live, for producers opened after) What happens to a stalled consumer",
                options = {
                    @Option(label = "block: until the write timeout", value = "BLOCK"),
                    @Option(label = "evict: it loses slots and is told which", value = "EVICT"),
                    @Option(label = "fail: the write fails", value = "FAIL")
                })
        String stall_policy() default "BLOCK";

        /// `require.consumer`
        @AttributeDefinition(
                name = "Require consumer",
                description = "(live, for producers opened after) Whether writes wait for a lossless consumer")
        boolean require_consumer() default false;

        /// `zones`
        @AttributeDefinition(
                name = "Flexible zones",
                description = "(new block) Areas that every participant may write, as name:bytes, name:bytes:fields or"
                        + " name:bytes:fields:hash with the hash of its schema in hex, with a comma between two")
        String[] zones() default {};

        /// `locks`
        @AttributeDefinition(
                name = "Spin locks",
                description = "(new block) Locks between participants",
                min = "0",
                max = "1024")
        int locks() default 32;
    }

    /// The operator's words, read and checked.
    private record Settings(BlockSpec spec, Taken taken) {}

    /// What this container's consumers take where they don't say it.
    private record Taken(Set<String> accept, BadSlot badSlot) {
        static Taken of(Config config) {
            // A .cfg file has one line for all of them.
            Set<String> names = Stream.of(String.join(",", config.accept()).split(","))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.toUnmodifiableSet());
            return new Taken(
                    names.isEmpty() ? ConsumerSpec.SEALED : names,
                    Quantities.word("bad.slot", BadSlot.class, config.bad_slot()));
        }
    }

    private final EngineComponent engine;
    private final BoundIntegrity source;
    private final Mover mover;
    private volatile String called;
    private final Declarations.Declaration declaration = new Declared();
    private volatile DataHubException refusal; // of the words, while none were good
    private volatile BlockSpec spec; // null while no words were good
    private volatile Taken taken = new Taken(ConsumerSpec.SEALED, BadSlot.FAIL);
    private volatile SegmentAllocator allocator;
    private volatile BlockInfo made;
    private volatile String declared; // the name that it is declared under

    /// Reads the configuration; the block is made as soon as its allocator is there. Words that can't
    /// be used do not end the component: one that fails is not begun again when its file is mended.
    @Activate
    public BlockComponent(@Reference EngineComponent engine, Config config, Map<String, Object> properties) {
        this.engine = engine;
        this.source = new BoundIntegrity(engine.providers());
        this.called = name(config, properties);
        this.mover = new Mover(() -> engine.open("handover"));
        try {
            use(read(config, properties));
        } catch (DataHubException e) {
            this.refusal = e;
        }
    }

    /// References are bound: the block can be made.
    @Activate
    void activate() {
        if (refusal != null) LOG.error("block {}: {}", called, refusal.getMessage());
        declare();
    }

    private void use(Settings settings) {
        taken = settings.taken();
        spec = settings.spec();
    }

    /// Also where the words can't be used: what they wanted is not known then, and nothing takes the
    /// place of it, nor while they are mended.
    private void declare() {
        String name = name();
        if (!name.equals(declared)) {
            if (declared != null) engine.declarations().remove(declared, declaration);
            engine.declarations().add(name, declaration);
            declared = name;
        }
        DataHubException conflict = conflict();
        if (conflict != null) LOG.error("block {}: {}", called, conflict.getMessage());
        else if (refusal == null) make();
    }

    /// With a configuration that has declared the name before; null where there is none.
    private DataHubException conflict() {
        if (declared == null || !engine.declarations().yields(declared, declaration)) return null;
        return new DataHubException(
                ErrorCode.CONFIGURATION,
                "two configurations declare one block: name=" + declared,
                "delete one of the files org.datahub.block~*.cfg; the one that stays is served");
    }

    @Deactivate
    void deactivate() {
        engine.declarations().remove(declared, declaration);
        mover.close();
    }

    private boolean serves() {
        return refusal == null && conflict() == null;
    }

    private void requireGoodWords() {
        DataHubException reason = refusal;
        if (reason != null) throw new DataHubException(reason.code(), reason.problem(), reason.advice(), reason);
    }

    /// Live values apply; the others wait for a new block, and say so.
    @Modified
    void modified(Config config, Map<String, Object> properties) {
        if (!serves()) {
            begin(config, properties);
            return;
        }
        BlockSpec before = spec;
        try {
            Settings settings = read(config, properties);
            BlockSpec after = settings.spec();
            if (!after.name().equals(before.name())) {
                LOG.warn(
                        "block {}: a changed name takes effect when the configuration is deleted and made anew",
                        before.name());
                return;
            }
            use(settings);
            LOG.info(
                    "block {}: for producers and consumers opened from now on: write.timeout={}, stall={} {},"
                            + " require.consumer={}, accept={}, bad.slot={}",
                    after.name(),
                    after.writeTimeout(),
                    after.stall(),
                    after.stallPolicy(),
                    after.requireConsumer(),
                    settings.taken().accept(),
                    settings.taken().badSlot());
            make();
        } catch (DataHubException e) {
            LOG.error(
                    "block {}: the changed configuration is refused, the last good one stays: {}",
                    before.name(),
                    e.getMessage());
        }
    }

    /// The file was mended, perhaps.
    private void begin(Config config, Map<String, Object> properties) {
        called = name(config, properties);
        try {
            use(read(config, properties));
            refusal = null;
        } catch (DataHubException e) {
            refusal = e;
        }
        activate();
    }

    @Reference(
            name = "allocator",
            target = "(allocator.name=shm)",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAllocator(SegmentAllocator bound) {
        allocator = bound;
        if (declared != null && serves()) make();
    }

    void unbindAllocator(SegmentAllocator unbound) {
        if (allocator == unbound) allocator = null;
    }

    @Reference(
            name = "integrity",
            target = "(integrity.name=crc32c)",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindIntegrity(IntegrityProvider bound) {
        source.set(bound);
    }

    void unbindIntegrity(IntegrityProvider unbound) {
        source.unset(unbound);
    }

    /// Makes the block, or holds the one that exists against the configuration. Nothing here ends
    /// the component: the
    /// operator reads the log, mends the file, and is served at once.
    private synchronized void make() {
        SegmentAllocator present = allocator;
        if (present == null) {
            LOG.info("block {}: waits for its allocator", spec.name());
            return;
        }
        try (Hub hub = engine.open("block")) {
            made = hub.declare(spec.allocator(present.name()));
            LOG.info("block {}: declared, next slot {}", spec.name(), made.next());
        } catch (DataHubException e) {
            if (e.code() == ErrorCode.GEOMETRY_REFUSED) {
                handOver(spec.allocator(present.name()), e);
            } else if (e.code() == ErrorCode.ALLOCATOR_MISSING) {
                LOG.info("block {}: waits until the engine has its allocator", spec.name());
            } else {
                LOG.error("block {}: {}", spec.name(), e.getMessage());
            }
        }
    }

    /// Slots and memory change while records flow; the rest can't.
    private void handOver(BlockSpec wanted, DataHubException difference) {
        try (Hub hub = engine.open("block")) {
            hub.handoverTo(wanted);
            mover.move(wanted);
        } catch (DataHubException e) {
            LOG.warn(
                    "block {}: {}; the block stays as it is and takes the new values when it is made anew",
                    wanted.name(),
                    difference.problem());
        }
    }

    private BlockSpec complete(BlockSpec asked) {
        BlockSpec declared = spec;
        return new BlockSpec(
                asked.name(),
                asked.slotBytes() == BlockSpec.UNSET ? declared.slotBytes() : asked.slotBytes(),
                asked.slots() == BlockSpec.UNSET ? declared.slots() : asked.slots(),
                asked.batch() == BlockSpec.UNSET ? declared.batch() : asked.batch(),
                asked.policy() == null ? declared.policy() : asked.policy(),
                asked.align() == BlockSpec.UNSET ? declared.align() : asked.align(),
                asked.timestamps() == null ? declared.timestamps() : asked.timestamps(),
                asked.participants() == BlockSpec.UNSET ? declared.participants() : asked.participants(),
                asked.pins() == BlockSpec.UNSET ? declared.pins() : asked.pins(),
                asked.integrity(),
                asked.integrityMode() == null ? declared.integrityMode() : asked.integrityMode(),
                asked.allocator(),
                asked.writeTimeout() == null ? declared.writeTimeout() : asked.writeTimeout(),
                asked.waiting(),
                declared.stall(),
                declared.stallPolicy(),
                declared.requireConsumer() || asked.requireConsumer(),
                asked.zones().isEmpty() ? declared.zones() : asked.zones(),
                declared.locks(),
                asked.keyLimits().equals(KeyLimits.NONE) ? declared.keyLimits() : asked.keyLimits(),
                asked.handover());
    }

    @Override
    public String name() {
        return refusal == null && spec != null ? spec.name() : called;
    }

    @Override
    public BlockInfo info() {
        requireGoodWords();
        DataHubException conflict = conflict();
        if (conflict != null) throw conflict;
        try (Hub hub = engine.open("block")) {
            return hub.info(spec.name());
        }
    }

    private static Settings read(Config config, Map<String, Object> properties) {
        try {
            Keys.check(Config.class, properties);
            Keys.filter("integrity.target", config.integrity_target());
            Keys.filter("allocator.target", config.allocator_target());
            BlockSpec spec = BlockSpec.named(HubDirectory.checked(name(config, properties)))
                    .policy(Quantities.word("policy", SyncPolicy.class, config.policy()))
                    .slotBytes(Quantities.bytes("slot.bytes", config.slot_bytes()))
                    .batch(config.batch())
                    .align(config.align())
                    .timestamps(Quantities.word("timestamp", Timestamps.class, config.timestamp()))
                    .pins(config.pins())
                    .integrityMode(Quantities.word("integrity.mode", IntegrityMode.class, config.integrity_mode()))
                    .writeTimeout(Quantities.duration("write.timeout", config.write_timeout()))
                    .stall(
                            Quantities.duration("stall", config.stall()),
                            Quantities.word("stall.policy", StallPolicy.class, config.stall_policy()))
                    .requireConsumer(config.require_consumer())
                    .locks(config.locks())
                    .keyLimits(new KeyLimits(
                            config.key_max_slots(), Quantities.duration("key.max.age", config.key_max_age())));
            // A .cfg file has one line for all of them.
            for (String zone : String.join(",", config.zones()).split(",")) {
                if (!zone.isBlank()) spec = zone(spec, zone.strip());
            }
            if (config.slots() != 0) spec = spec.slots(config.slots());
            if (config.participants() != 0) spec = spec.participants(config.participants());
            return new Settings(spec, Taken.of(config));
        } catch (DataHubException e) {
            throw e;
        } catch (RuntimeException e) { // ours, and that of Declarative Services for a word that is no number
            throw new DataHubException(
                    ErrorCode.CONFIGURATION,
                    "a block is declared with a value that can't be used: pid=" + properties.get("service.pid") + ": "
                            + e.getMessage(),
                    "mend the file; it is read again when it changes",
                    e);
        }
    }

    private static BlockSpec zone(BlockSpec spec, String text) {
        String[] parts = text.split(":");
        if (parts.length < 2 || parts.length > 4) {
            throw new IllegalArgumentException("zones can't be read: zones=" + text + ", as in setup:4KiB:8");
        }
        int fields = parts.length > 2 ? Quantities.count("zones", parts[2]) : 0;
        String hash = parts.length > 3 ? parts[3].strip() : "";
        return spec.zone(parts[0].strip(), Quantities.bytes("zones", parts[1]), fields, hash);
    }

    private static String name(Config config, Map<String, Object> properties) {
        if (!config.name().isBlank()) return config.name().strip();
        String pid = String.valueOf(properties.get("service.pid"));
        return pid.startsWith(FACTORY) ? pid.substring(FACTORY.length()) : "";
    }

    /// What producers and consumers in this container take from the words. Only the one that counts is asked.
    private final class Declared implements Declarations.Declaration {
        @Override
        public BlockSpec complete(BlockSpec asked) {
            requireGoodWords();
            return BlockComponent.this.complete(asked);
        }

        @Override
        public ConsumerSpec complete(ConsumerSpec asked) {
            requireGoodWords();
            Taken said = taken;
            return asked.orElse(said.accept(), said.badSlot());
        }

        @Override
        public IntegritySource integrity() {
            return source;
        }

        @Override
        public String allocator() {
            SegmentAllocator present = allocator;
            if (present == null) throw EngineComponent.unbound("block=" + BlockComponent.this.name());
            return present.name();
        }

        @Override
        public void counts() {
            if (refusal == null) make();
        }

        /// A container may tell the declaration of its allocator before it tells the engine.
        @Override
        public void allocatorCame() {
            if (serves() && made == null && allocator != null) make();
        }
    }
}
