package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.HubFixture.eventually;
import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Next;
import org.datahub.api.SyncPolicy;
import org.datahub.api.Timestamps;
import org.datahub.api.spi.KernelException;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Deadline
class ConflictTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(3).slotBytes(64).participants(4);

    @Test
    void aSecondProducerIsRefusedAndTheFirstIsNamed() {
        hub.kernel.hurries = true;
        DataBlockProducer first = hub.open("camera driver").create(spec);
        assertNames(
                assertRefused(ErrorCode.PRODUCER_CONFLICT, () -> hub.hub().create(spec)),
                "name=b",
                "pid=" + ProcessHandle.current().pid(),
                "label=camera driver");
        first.write(tx -> tx.length(0));
        assertEquals(1, hub.hub().info("b").incarnation());
        first.close();
        hub.hub().create(spec).close();
    }

    @Test
    void aProducerThatIsAboutToDieIsWaitedFor() {
        DataBlockProducer dying = hub.hub().create(spec);
        dying.write(tx -> tx.length(0));
        long before = hub.kernel.clockReads.sum();
        Background<Long> successor = Background.run(() -> hub.hub().create(spec).next());
        eventually(() -> hub.kernel.clockReads.sum() > before + 3);
        hub.kill(dying);
        assertEquals(1, successor.result());
    }

    @Test
    void ofManyProducersOneProduces() {
        hub.hub().declare(spec);
        hub.kernel.hurries = true;
        List<Background<String>> producers = Stream.generate(() -> Background.run(() -> {
                    try {
                        hub.hub().create(spec);
                        return "produces";
                    } catch (DataHubException e) {
                        return e.code().name();
                    }
                }))
                .limit(5)
                .toList();
        List<String> outcomes =
                producers.stream().map(Background::result).sorted().toList();
        assertEquals(
                List.of("PRODUCER_CONFLICT", "PRODUCER_CONFLICT", "PRODUCER_CONFLICT", "PRODUCER_CONFLICT", "produces"),
                outcomes);
    }

    static Stream<Arguments> otherGeometries() {
        return Stream.of(
                other("slots", s -> s.slots(4), "slots=3 (asked 4)"),
                other("slotBytes", s -> s.slotBytes(63), "slot.bytes=64 (asked 63)"),
                other("policy", s -> s.policy(SyncPolicy.SEQUENTIAL), "policy=SEQUENTIAL_SYNC (asked SEQUENTIAL)"),
                other("batch", s -> s.batch(2), "batch=1 (asked 2)"),
                other("align", s -> s.align(64), "align=32 (asked 64)"),
                other("participants", s -> s.participants(5), "participants=4 (asked 5)"),
                other("pins", s -> s.pins(2), "pins=1 (asked 2)"),
                other("timestamps", s -> s.timestamps(Timestamps.NONE), "timestamp=EXACT (asked NONE)"),
                other("mode", s -> s.integrityMode(IntegrityMode.MANUAL), "integrity.mode=ENFORCED (asked MANUAL)"),
                other("allocator", s -> s.allocator("file"), "allocator=shm (asked file)"),
                other("two", s -> s.slots(9).slotBytes(9), "slots=3 (asked 9), slot.bytes=64 (asked 9)"));
    }

    private static Arguments other(String name, UnaryOperator<BlockSpec> change, String difference) {
        return Arguments.of(Named.of(name, change), difference);
    }

    @ParameterizedTest
    @MethodSource("otherGeometries")
    void anotherGeometryIsRefusedAndBothAreNamed(UnaryOperator<BlockSpec> change, String difference) {
        hub.hub().create(spec).close();
        for (var call : List.<Executable>of(
                () -> hub.hub().create(change.apply(spec)), () -> hub.hub().declare(change.apply(spec)))) {
            assertNames(assertRefused(ErrorCode.GEOMETRY_REFUSED, call), "name=b", difference);
        }
        assertEquals(1, hub.hub().info("b").incarnation());
    }

    @Test
    void whatASpecLeavesOpenIsTakenFromTheBlock() {
        hub.hub().declare(spec);
        try (DataBlockProducer out = hub.hub().create(BlockSpec.named("b"))) {
            assertEquals(64, out.slotBytes());
            assertEquals(3, out.slots());
        }
    }

    @Test
    void anotherUsersBlockIsNotProducedIntoNotEvenByRoot() throws IOException {
        assumeTrue(hub.kernel.uid() == 0, "only root can give a file away");
        hub.hub().declare(spec);
        for (String file : List.of("state", "control", "data.1", "lock", ".")) {
            Files.setAttribute(hub.file("b", file), "unix:uid", HubDirectoryTest.NOBODY);
        }
        assertNames(
                assertRefused(ErrorCode.FOREIGN_OWNER, () -> hub.hub().create(spec)),
                "name=b",
                "owner=" + HubDirectoryTest.NOBODY,
                "caller=0");
        try (DataBlockConsumer in = hub.hub().attach("b", ConsumerSpec.lossless())) {
            assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
        }
    }

    @Test
    void whoMayReadTheStateButNotWriteItIsToldWhoseItIs() {
        hub.hub().declare(spec);
        hub.kernel.fault =
                (call, name) -> call.equals("openWritable") && name.equals("state") ? KernelException.EACCES : 0;
        assertNames(assertRefused(ErrorCode.FOREIGN_OWNER, () -> hub.hub().create(spec)), "owner=" + hub.kernel.uid());
        hub.hub().attach("b", ConsumerSpec.lossless()).close();
    }

    @ParameterizedTest
    @CsvSource({
        "open, state, 13, PERMISSION",
        "openWritable, control, 13, PERMISSION",
        "openWritable, lock, 1, PERMISSION",
        "open, data.1, 13, PERMISSION",
        "open, data.1, 24, KERNEL",
        "openDirectory, b, 24, KERNEL",
        "openDirectory, b, 13, PERMISSION",
        "open, state, 40, FILE_INVALID",
        "open, state, 6, FILE_INVALID"
    })
    void whatTheKernelRefusesAnAttachIsTypedAndTheNextOneWorks(String at, String file, int errno, ErrorCode code) {
        hub.hub().declare(spec);
        hub.kernel.fault = (call, name) -> call.equals(at) && name.equals(file) ? errno : 0;
        assertNames(
                assertRefused(code, () -> hub.hub().attach("b", ConsumerSpec.lossless())), "block=b", "errno=" + errno);
        hub.kernel.fault = (call, name) -> 0;
        hub.hub().attach("b", ConsumerSpec.lossless()).close();
    }

    @Test
    void refusedCallsLeaveNoDescriptorAndNoMapping() throws IOException {
        hub.hub().create(spec);
        hub.hub().attach("b", ConsumerSpec.lossless().attachTimeout(SOON));
        hub.kernel.hurries = true;
        refuseEverything();
        long files = count(Path.of("/proc/self/fd"));
        long mappings = mappings();
        for (int i = 0; i < 50; i++) refuseEverything();
        assertTrue(count(Path.of("/proc/self/fd")) <= files + 5, "descriptors leak");
        assertTrue(mappings() <= mappings, "mappings leak");
    }

    private void refuseEverything() {
        assertRefused(ErrorCode.PRODUCER_CONFLICT, () -> hub.hub().create(spec));
        assertRefused(ErrorCode.GEOMETRY_REFUSED, () -> hub.hub().create(spec.slots(9)));
        assertRefused(ErrorCode.DELIVERY_REFUSED, () -> hub.hub().attach("b", ConsumerSpec.pinned()));
        assertRefused(ErrorCode.BLOCK_IN_USE, () -> hub.hub().remove("b"));
        assertRefused(ErrorCode.BLOCK_NOT_FOUND, () -> hub.hub().attach("absent", ConsumerSpec.lossless()));
    }

    private static long count(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.count();
        }
    }

    private long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(hub.path().toString())).count();
        }
    }
}
