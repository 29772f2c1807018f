package org.datahub.engine;

import static org.datahub.engine.HubFixture.eventually;
import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.GapReason;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Next;
import org.datahub.api.ProducerState;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.spi.SegmentAllocator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The components as Declarative Services calls them.
@Deadline
class BlockComponentTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final SegmentAllocator shm =
            ServiceLoader.load(SegmentAllocator.class).findFirst().orElseThrow();
    private EngineComponent engine;

    @BeforeEach
    void startEngine() {
        engine = new EngineComponent(
                hub.kernel,
                config(
                        EngineComponent.Config.class,
                        Map.of("hub_directory", hub.path().toString())),
                Map.of());
        engine.bindEachAllocator(shm, Map.of());
        engine.bindEachIntegrity(hub.crc32c, Map.of());
        engine.bindAllocator(shm);
        engine.bindIntegrity(hub.crc32c);
        hub.closing(engine::deactivate);
    }

    /// What Declarative Services makes of a configuration: the words given, and the defaults.
    private static <C extends Annotation> C config(Class<C> type, Map<String, Object> words) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> words.getOrDefault(method.getName(), method.getDefaultValue())));
    }

    private static BlockComponent.Config block(Object... words) {
        Map<String, Object> map = new HashMap<>(Map.of("slot_bytes", "64", "slots", 5L));
        for (int i = 0; i < words.length; i += 2) map.put((String) words[i], words[i + 1]);
        return config(BlockComponent.Config.class, map);
    }

    private static Map<String, Object> pid(String name) {
        return Map.of("service.pid", "org.datahub.block~" + name);
    }

    private BlockComponent declare(String name, Object... words) {
        BlockComponent component = new BlockComponent(engine, block(words), pid(name));
        component.bindAllocator(shm);
        component.bindIntegrity(hub.crc32c);
        component.activate();
        return component;
    }

    private Hub user() {
        return hub.closing(engine.open("user"));
    }

    @Test
    void aDeclarationMakesTheBlockWithoutAProducer() {
        BlockComponent declared = declare(
                "camera",
                "slot_bytes",
                "64KiB",
                "policy",
                "sequential",
                "align",
                64,
                "batch",
                2,
                "timestamp",
                "coarse",
                "participants",
                7,
                "integrity_mode",
                "manual");
        BlockInfo info = user().info("camera");
        assertEquals(ProducerState.NONE, info.producerState());
        assertEquals(65536, info.slotBytes());
        assertEquals(SyncPolicy.SEQUENTIAL, info.policy());
        assertEquals(64, info.align());
        assertEquals(2, info.batch());
        assertEquals(Timestamps.COARSE, info.timestamps());
        assertEquals(7, info.participants());
        assertEquals(IntegrityMode.MANUAL, info.integrityMode());
        assertEquals("camera", declared.name());
        assertEquals(info.blockId(), declared.info().blockId());
    }

    /// A key, words that say something else than its default, and what is otherwise then.
    private void hasItsEffect(
            Set<String> keys, Map<String, Object> words, BiPredicate<BlockInfo, DataBlockProducer> effect) {
        Object[] flat = words.entrySet().stream()
                .flatMap(word -> Stream.of(word.getKey(), word.getValue()))
                .toArray();
        assertTrue(words.keySet().containsAll(keys));
        BlockComponent declared = declare("camera", flat);
        Hub user = user();
        try (DataBlockProducer out = user.create(BlockSpec.named(declared.name()))) {
            assertTrue(effect.test(declared.info(), out), keys + " without effect: " + declared.info());
        }
        declared.deactivate();
        user.remove(declared.name());
        seen.addAll(keys);
    }

    private static ConsumerSpec oldest() {
        return ConsumerSpec.observer().from(StartFrom.OLDEST);
    }

    private final Set<String> seen = new TreeSet<>();

    @Test
    void everyKeyHasItsEffect() {
        hasItsEffect(
                Set.of("name"),
                Map.of("name", "other"),
                (info, out) -> info.name().equals("other"));
        hasItsEffect(
                Set.of("policy"),
                Map.of("policy", "sequential"),
                (info, out) -> info.policy() == SyncPolicy.SEQUENTIAL);
        hasItsEffect(Set.of("slots"), Map.of("slots", 7L), (info, out) -> info.slots() == 7);
        hasItsEffect(Set.of("slot_bytes"), Map.of("slot_bytes", "2KiB"), (info, out) -> info.slotBytes() == 2048);
        hasItsEffect(Set.of("batch"), Map.of("batch", 3), (info, out) -> out.batch() == 3);
        hasItsEffect(Set.of("align"), Map.of("align", 128), (info, out) -> info.align() == 128);
        hasItsEffect(
                Set.of("timestamp"), Map.of("timestamp", "none"), (info, out) -> info.timestamps() == Timestamps.NONE);
        hasItsEffect(Set.of("participants"), Map.of("participants", 9), (info, out) -> info.participants() == 9);
        Map<String, Object> state = Map.of("policy", "latest_only", "slots", 1L, "participants", 3, "pins", 4);
        hasItsEffect(Set.of("pins"), state, (info, out) -> info.slotStates().free() == 3 * 4 + 2);
        hasItsEffect(
                Set.of("integrity_mode"),
                Map.of("integrity_mode", "manual"),
                (info, out) -> info.integrityMode() == IntegrityMode.MANUAL);
        hasItsEffect(
                Set.of("write_timeout"),
                Map.of("write_timeout", "7s"),
                (info, out) -> out.writeTimeout().equals(Duration.ofSeconds(7)));
        Map<String, Object> failing = Map.of("stall", "1ms", "stall_policy", "fail");
        hasItsEffect(Set.of("stall", "stall_policy"), failing, (info, out) -> {
            try (DataBlockConsumer idle = user().attach(info.name(), ConsumerSpec.lossless())) {
                for (int i = 0; i < info.slots(); i++) out.write(tx -> {});
                assertRefused(ErrorCode.CONSUMER_STALLED, () -> out.write(tx -> {}));
                return idle.lag() == info.slots();
            }
        });
        Map<String, Object> unsealed = Map.of("accept", new String[] {"hmac-sha256, blake2b-256"}, "bad_slot", "skip");
        hasItsEffect(Set.of("accept", "bad_slot"), unsealed, (info, out) -> {
            out.write(tx -> {});
            try (DataBlockConsumer in = user().attach(info.name(), oldest());
                    DataBlockConsumer own = user().attach(info.name(), oldest().accept("crc32c"))) {
                return in.next(Duration.ZERO) == Next.GAP
                        && in.gapReason() == GapReason.BAD
                        && own.next(Duration.ZERO) == Next.SLOT;
            }
        });
        hasItsEffect(
                Set.of("require_consumer"),
                Map.of("require_consumer", true),
                (info, out) -> out.claim(Duration.ZERO) == Claim.FULL);
        hasItsEffect(
                Set.of("zones"),
                Map.of("zones", new String[] {"setup:64:2"}),
                (info, out) -> out.zones().equals(List.of("setup")));
        String hash = "ab".repeat(32);
        hasItsEffect(
                Set.of("zones"),
                Map.of("zones", new String[] {"setup:64:2:" + hash}),
                (info, out) -> out.zone("setup").schemaHash().equals(hash));
        hasItsEffect(Set.of("locks"), Map.of("locks", 2), (info, out) -> {
            out.lock(1);
            return assertThrows(IllegalArgumentException.class, () -> out.lock(2)) != null;
        });
        TestIntegrity keyed = new TestIntegrity("hmac-sha256", 2);
        keyed.keyId = 71;
        engine.bindEachIntegrity(keyed, Map.of());
        hasItsEffect(Set.of("key_max_slots"), Map.of("key_max_slots", 2L), (info, out) -> epochsEnd(info, out, 3));
        hasItsEffect(Set.of("key_max_age"), Map.of("key_max_age", "1ms"), (info, out) -> epochsEnd(info, out, 2));
        // What Declarative Services itself reads is shown in a framework.
        seen.addAll(Set.of("integrity_target", "allocator_target"));
        Set<String> keys = new TreeSet<>();
        for (Method key : BlockComponent.Config.class.getDeclaredMethods()) keys.add(key.getName());
        assertEquals(keys, seen);
    }

    /// Whether a producer that seals with a key comes to this epoch.
    private boolean epochsEnd(BlockInfo info, DataBlockProducer out, long epoch) {
        out.close();
        Block block = hub.block(info.name(), Block.Use.LOOK);
        BlockSpec keyed = BlockSpec.named(info.name()).integrity("hmac-sha256");
        try (DataBlockProducer again = user().create(keyed)) {
            again.write(tx -> {});
            assertEquals(1, KeyEpochs.newest(block.state));
            eventually(() -> {
                again.write(tx -> {});
                return KeyEpochs.newest(block.state) == epoch;
            });
        }
        return true;
    }

    @Test
    void aNameInTheFileComesBeforeTheOneInThePid() {
        assertEquals("other", declare("camera", "name", " other ").name());
        assertEquals(List.of("other"), user().list());
    }

    /// A container binds references in an order of its own.
    @Test
    void aDeclarationThatHasItsAllocatorBeforeTheEngineHasItWaitsToo() {
        engine.unbindEachAllocator(shm);
        BlockComponent declared = declare("camera");
        assertTrue(user().list().isEmpty());
        engine.bindEachAllocator(shm, Map.of());
        assertEquals(5, declared.info().slots());
    }

    @Test
    void aDeclarationWaitsForItsAllocator() {
        BlockComponent declared = new BlockComponent(engine, block(), pid("camera"));
        declared.activate();
        assertTrue(user().list().isEmpty());
        assertRefused(ErrorCode.BLOCK_NOT_FOUND, declared::info);
        declared.bindAllocator(shm);
        assertEquals(5, declared.info().slots());
        declared.unbindAllocator(shm);
        assertEquals(5, declared.info().slots());
    }

    @ParameterizedTest
    @CsvSource({
        "slot_bytes, 0, slotBytes=0",
        "slot_bytes, 64 bananas, slot.bytes=64 bananas",
        "slot_bytes, 3GiB, slotBytes=3221225472",
        "slot_bytes, -1, slot.bytes=-1",
        "policy, FASTEST, 'policy=FASTEST, allowed: [LATEST_ONLY, SEQUENTIAL, SEQUENTIAL_SYNC]'",
        "timestamp, sundial, timestamp=sundial",
        "integrity_mode, sometimes, integrity.mode=sometimes",
        "stall_policy, wait, stall.policy=wait",
        "write_timeout, soon, write.timeout=soon",
        "write_timeout, -5s, write.timeout=-5s"
    })
    void aWordThatCanNotBeUsedIsRefusedWithItsFile(String key, String word, String told) {
        assertNames(
                assertRefused(ErrorCode.CONFIGURATION, declare("camera", key, word)::info),
                "pid=org.datahub.block~camera",
                told);
        assertTrue(user().list().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"batch, 0", "batch, 6", "align, 33", "align, 8192", "participants, 1025", "pins, 17"})
    void aNumberOutOfRangeIsRefusedWithItsFile(String key, int number) {
        assertRefused(ErrorCode.CONFIGURATION, declare("camera", key, number)::info);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/b", ""})
    void aNameThatIsNoneIsRefused(String name) {
        assertRefused(ErrorCode.BLOCK_NAME, declare(name)::info);
    }

    @ParameterizedTest
    @CsvSource({
        "integrity.taget, (integrity.name=hmac-sha256), 'integrity.taget=(integrity.name=hmac-sha256), keys: [accept,'",
        "require.consumer, perhaps, require.consumer=perhaps",
        "Slots, 7, Slots=7"
    })
    void aKeyThatThereIsNotIsRefusedWithItsFile(String key, String word, String told) {
        Map<String, Object> properties = new HashMap<>(pid("camera"));
        for (String other :
                List.of("service.factoryPid", "component.id", "felix.fileinstall.filename", ".private", "objectClass"))
            properties.put(other, 1);
        new BlockComponent(engine, block(), properties).deactivate();
        properties.put(key, word);
        BlockComponent declared = new BlockComponent(engine, block(), properties);
        declared.activate();
        assertNames(assertRefused(ErrorCode.CONFIGURATION, declared::info), "pid=org.datahub.block~camera", told);
    }

    /// What it wanted is not known then, perhaps another algorithm.
    @ParameterizedTest
    @CsvSource({"integrity_target, (integrity.name=hmac-sha256", "allocator_target, shm", "slot_bytes, many"})
    void aBlockWhoseFileCanNotBeUsedIsNotTakenByTheDefaults(String key, String word) {
        BlockComponent declared = declare("camera", key, word);
        BlockSpec asked = BlockSpec.named("camera").slotBytes(64);
        String told = key.replace('_', '.') + "=" + word;
        assertNames(assertRefused(ErrorCode.CONFIGURATION, () -> user().create(asked)), told);
        assertNames(
                assertRefused(ErrorCode.CONFIGURATION, () -> user().attach("camera", ConsumerSpec.observer())), told);
        declared.modified(block(), pid("camera"));
        user().create(asked).close();
        declared.deactivate();
        user().create(asked).close();
    }

    @Test
    void aFileThatIsMendedIsServed() {
        BlockComponent declared = declare("camera", "slot_bytes", "many");
        assertEquals("camera", declared.name());
        declared.modified(block("slot_bytes", "few"), pid("camera"));
        assertNames(assertRefused(ErrorCode.CONFIGURATION, declared::info), "slot.bytes=few");
        declared.modified(block("write_timeout", "7s"), pid("camera"));
        assertEquals(64, declared.info().slotBytes());
        try (DataBlockProducer out = user().create(BlockSpec.named("camera"))) {
            assertEquals(Duration.ofSeconds(7), out.writeTimeout());
        }
        declared.deactivate();
        declare("camera").deactivate();
        declare("wrong", "slot_bytes", "many").deactivate();
    }

    @Test
    void keysThatWouldHaveToLastLessThanNothingAreRefused() {
        BlockComponent slots = declare("slots", "key_max_slots", -1L);
        assertNames(assertRefused(ErrorCode.CONFIGURATION, slots::info), "key.max.slots=-1");
        BlockComponent age = declare("age", "key_max_age", "5");
        assertNames(assertRefused(ErrorCode.CONFIGURATION, age::info), "key.max.age=5");
    }

    @Test
    void ofTwoDeclarationsOfOneBlockTheOneThatStaysIsServed() {
        BlockComponent first = declare("camera");
        BlockComponent second = declare("other", "name", "camera", "write_timeout", "7s");
        assertNames(assertRefused(ErrorCode.CONFIGURATION, second::info), "name=camera");
        assertEquals("camera", first.info().name());
        first.deactivate();
        assertEquals("camera", second.info().name());
        try (DataBlockProducer out = user().create(BlockSpec.named("camera"))) {
            assertEquals(Duration.ofSeconds(7), out.writeTimeout());
        }
    }

    @Test
    void nobodyIsTurnedAwayWhileTheSecondDeclarationTakesThePlaceOfTheFirst() throws InterruptedException {
        AtomicLong asked = new AtomicLong();
        AtomicReference<RuntimeException> refused = new AtomicReference<>();
        AtomicBoolean over = new AtomicBoolean();
        Thread user = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                try {
                    engine.declarations().of("camera").complete(BlockSpec.named("camera"));
                    asked.incrementAndGet();
                } catch (RuntimeException e) {
                    refused.set(e);
                }
            }
        });
        BlockComponent served = declare("camera");
        for (int round = 0; round < 50; round++) {
            BlockComponent next = declare("camera" + round, "name", "camera");
            long before = asked.get();
            eventually(() -> asked.get() > before || refused.get() != null);
            served.deactivate();
            served = next;
        }
        over.set(true);
        user.join();
        assertNull(refused.get());
    }

    @Test
    void aSecondDeclarationThatIsGivenAnotherNameIsServed() {
        BlockComponent first = declare("camera");
        BlockComponent second = declare("other", "name", "camera");
        second.modified(block(), pid("other"));
        assertEquals("other", second.info().name());
        second.deactivate();
        first.deactivate();
        declare("again", "name", "camera").deactivate();
        assertEquals(List.of("camera", "other"), user().list());
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999", "-1", "some"})
    void aNumberOfFieldsThatIsNoneIsRefusedWithItsFile(String fields) {
        BlockComponent declared = declare("camera", "zones", new String[] {"setup:64:" + fields});
        assertNames(
                assertRefused(ErrorCode.CONFIGURATION, declared::info),
                "pid=org.datahub.block~camera",
                "zones=" + fields);
    }

    @Test
    void producersTakeFromTheDeclarationWhatTheyLeaveOpen() {
        declare("camera", "write_timeout", "7s");
        try (DataBlockProducer out = user().create(BlockSpec.named("camera"))) {
            assertEquals(5, out.slots());
            assertEquals(Duration.ofSeconds(7), out.writeTimeout());
        }
        assertRefused(
                ErrorCode.GEOMETRY_REFUSED,
                () -> user().create(BlockSpec.named("camera").slots(6)));
    }

    @Test
    void liveValuesChangeForTheNextProducerAndTheRestStays() {
        BlockComponent declared = declare("camera", "write_timeout", "7s");
        declared.modified(block("write_timeout", "9s", "align", 64), pid("camera"));
        assertEquals(32, declared.info().align());
        user().remove("camera");
        try (DataBlockProducer out = user().create(BlockSpec.named("camera"))) {
            assertEquals(Duration.ofSeconds(9), out.writeTimeout());
            assertEquals(64, declared.info().align());
        }
    }

    /// Capacity, slots and memory of a stream follow the file: before there is a producer, while it
    /// writes, and with an allocator that comes later.
    @Test
    void slotsAndMemoryOfAStreamFollowTheConfiguration() {
        BlockComponent declared = declare("camera");
        hub.closing(declared::deactivate);
        declared.modified(block("slots", 11L, "slot_bytes", "128"), pid("camera"));
        eventually(() -> declared.info().slots() == 11);
        try (DataBlockProducer out = user().create(BlockSpec.named("camera"));
                DataBlockConsumer in = user().attach("camera", ConsumerSpec.lossless())) {
            out.write(tx -> tx.length(1));
            assertEquals(128, out.slotBytes());
            out.write(tx -> tx.length(100));
            for (int n = 0; n < 2; n++) assertEquals(Next.SLOT, in.read(HubFixture.SOON, slot -> {}));
            declared.modified(block("slots", 3L, "slot_bytes", "128"), pid("camera"));
            for (int n = 0; n < 11; n++) { // the one before is over only then
                out.write(tx -> tx.length(1));
                assertEquals(Next.SLOT, in.read(HubFixture.SOON, slot -> {}));
            }
            eventually(() -> declared.info().slots() == 3);
            for (int n = 0; n < 3; n++) {
                out.write(tx -> tx.length(1));
                assertEquals(Next.SLOT, in.read(HubFixture.SOON, slot -> {}));
            }
            SegmentAllocator other = ServiceLoader.load(SegmentAllocator.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(each -> each.name().equals("thp"))
                    .findFirst()
                    .orElseThrow();
            engine.bindEachAllocator(other, Map.of());
            declared.bindAllocator(other); // as a changed target, or a bundle that comes at last, does
            eventually(() -> declared.info().allocator().equals("thp"));
            out.write(tx -> tx.length(1));
            assertEquals(Next.SLOT, in.read(HubFixture.SOON, slot -> {}));
            assertEquals(0, in.missed());
        }
    }

    @Test
    void aChangeThatCanNotBeUsedLeavesTheLastGoodOne() {
        BlockComponent declared = declare("camera", "write_timeout", "7s");
        declared.modified(block("write_timeout", "soon"), pid("camera"));
        declared.modified(block("name", "renamed"), pid("camera"));
        assertEquals("camera", declared.name());
        try (DataBlockProducer out = user().create(BlockSpec.named("camera"))) {
            assertEquals(Duration.ofSeconds(7), out.writeTimeout());
        }
    }

    @Test
    void theProducersOfADeclaredBlockFollowItsIntegrityReference() {
        BlockComponent declared = declare("camera");
        TestIntegrity sums = new TestIntegrity("sums", 200);
        engine.bindEachIntegrity(sums, Map.of());
        try (DataBlockProducer out = user().create(BlockSpec.named("camera"))) {
            out.write(tx -> tx.length(0));
            assertEquals("crc32c", declared.info().integrity());
            declared.bindIntegrity(sums);
            declared.unbindIntegrity(hub.crc32c);
            out.write(tx -> tx.length(0));
            assertEquals("algorithm-200", declared.info().integrity());
            declared.unbindIntegrity(sums);
            assertRefused(ErrorCode.INTEGRITY_MISSING, () -> out.claim(Duration.ZERO));
            declared.bindIntegrity(hub.crc32c);
            assertEquals(Claim.CLAIMED, out.claim(Duration.ZERO));
            out.commit(0);
            assertEquals("crc32c", declared.info().integrity());
        }
    }

    @Test
    void theProducersOfABlockThatIsNotDeclaredFollowTheReferencesOfTheEngine() {
        TestIntegrity sums = new TestIntegrity("sums", 200);
        engine.bindEachIntegrity(sums, Map.of());
        BlockSpec spec = BlockSpec.named("free").slotBytes(64).slots(5);
        engine.unbindAllocator(shm);
        assertNames(
                assertRefused(ErrorCode.ALLOCATOR_MISSING, () -> user().create(spec)),
                "allocator.target",
                "pid=org.datahub.engine");
        engine.bindAllocator(shm);
        try (DataBlockProducer out = user().create(spec)) {
            out.write(tx -> tx.length(0));
            assertEquals("crc32c", user().info("free").integrity());
            engine.bindIntegrity(sums);
            engine.unbindIntegrity(hub.crc32c);
            out.write(tx -> tx.length(0));
            assertEquals("algorithm-200", user().info("free").integrity());
            engine.unbindIntegrity(sums);
            assertRefused(ErrorCode.INTEGRITY_MISSING, () -> out.claim(Duration.ZERO));
        }
        try (DataBlockProducer own = user().create(spec.integrity("crc32c"))) {
            own.write(tx -> tx.length(0));
            assertEquals("crc32c", user().info("free").integrity());
        }
    }

    @Test
    void aDeclaredBlockIsNotMadeByAProducerWhileItsAllocatorIsMissing() {
        BlockComponent waiting = new BlockComponent(engine, block(), pid("camera"));
        waiting.activate();
        assertNames(
                assertRefused(ErrorCode.ALLOCATOR_MISSING, () -> user().create(BlockSpec.named("camera"))),
                "allocator.target",
                "block=camera");
        assertEquals(List.of(), user().list());
        waiting.deactivate();
    }

    @Test
    void theEndOfADeclarationRemovesNoBlock() {
        declare("camera").deactivate();
        assertEquals(List.of("camera"), user().list());
        user().remove("camera");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 60_001})
    void theEngineKeepsTheLastGoodBeat(int beat) {
        engine.modified(config(EngineComponent.Config.class, Map.of("beat_ms", beat)), Map.of());
        assertEquals(hub.path(), user().directory());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 60_001})
    void anEngineServesItsBlocksOnceItsFileIsMended(int beat) {
        Map<String, Object> words = Map.of("hub_directory", hub.path().toString());
        engine = new EngineComponent(
                hub.kernel, config(EngineComponent.Config.class, Map.of("beat_ms", beat)), Map.of());
        engine.bindEachAllocator(shm, Map.of());
        hub.closing(engine::deactivate);
        BlockComponent declared = declare("camera");
        assertNames(
                assertRefused(ErrorCode.CONFIGURATION, () -> engine.open("user")),
                "pid=org.datahub.engine",
                "beat.ms=" + beat);
        assertRefused(ErrorCode.CONFIGURATION, declared::info);
        engine.modified(config(EngineComponent.Config.class, Map.of("beat_ms", beat)), Map.of());
        engine.modified(config(EngineComponent.Config.class, words), Map.of());
        assertEquals("camera", declared.info().name());
        assertEquals(List.of("camera"), user().list());
    }

    @Test
    void aServicesRankingIsItsPropertyOrZero() {
        assertEquals(7, EngineComponent.ranking(Map.of("service.ranking", 7)));
        assertEquals(0, EngineComponent.ranking(Map.of()));
        assertEquals(0, EngineComponent.ranking(Map.of("service.ranking", "high")));
    }
}
