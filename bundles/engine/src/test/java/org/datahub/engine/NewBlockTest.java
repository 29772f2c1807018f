package org.datahub.engine;

import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.ProducerState;
import org.datahub.api.SyncPolicy;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.SegmentAllocator;
import org.datahub.api.testing.SmallFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Deadline
class NewBlockTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(3).slotBytes(64).participants(4);

    @Test
    void aBlockHasFourFilesWithTheirModes() throws IOException {
        hub.hub().declare(spec);
        assertEquals("drwxr-s---", mode(hub.path().resolve("b")));
        assertEquals("-rw-r-----", mode(hub.file("b", "state")));
        assertEquals("-rw-r-----", mode(hub.file("b", "data.1")));
        assertEquals("-rw-rw----", mode(hub.file("b", "control")));
        assertEquals("-rw-rw----", mode(hub.file("b", "lock")));
        try (Stream<Path> files = Files.list(hub.path().resolve("b"))) {
            assertEquals(4, files.count());
        }
    }

    private static String mode(Path path) throws IOException {
        int bits = (int) Files.getAttribute(path, "unix:mode");
        String text = java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        boolean setgid = (bits & 02000) != 0;
        return (Files.isDirectory(path) ? "d" : "-") + (setgid ? text.substring(0, 5) + "s" + text.substring(6) : text);
    }

    @Test
    void everyByteOfTheSegmentIsReserved() throws IOException {
        hub.hub().declare(spec.slots(1000).slotBytes(1000));
        for (String file : List.of("state", "control", "data.1")) {
            Process stat = new ProcessBuilder(
                            "stat", "-c", "%b %B %s", hub.file("b", file).toString())
                    .start();
            String[] words =
                    new String(stat.getInputStream().readAllBytes()).strip().split(" ");
            assertTrue(Long.parseLong(words[0]) * Long.parseLong(words[1]) >= Long.parseLong(words[2]), file);
        }
    }

    @Test
    void aDeclaredBlockHasNoProducerAndIsDeclaredOnce() {
        String id = hub.hub().declare(spec).blockId();
        assertEquals(ProducerState.NONE, hub.hub().info("b").producerState());
        assertEquals(id, hub.hub().declare(spec).blockId());
        assertEquals(id, hub.hub().declare(BlockSpec.named("b")).blockId());
        hub.hub().create(spec).close();
        assertEquals(id, hub.hub().info("b").blockId());
    }

    @Test
    void noTwoBlocksHaveTheSameId() {
        Set<String> ids = new TreeSet<>();
        for (int i = 0; i < 20; i++)
            ids.add(hub.hub()
                    .declare(BlockSpec.named("b" + i).slots(3).slotBytes(8))
                    .blockId());
        assertEquals(20, ids.size());
    }

    @Test
    void manyWhoMakeItAtTheSameTimeMakeOneBlock() {
        for (int round = 0; round < 10; round++) {
            List<Background<String>> makers = new ArrayList<>();
            for (int i = 0; i < 6; i++)
                makers.add(Background.run(() -> hub.hub().declare(spec).blockId()));
            assertEquals(1, makers.stream().map(Background::result).distinct().count());
            assertEquals(List.of("b"), hub.everything());
            hub.hub().remove("b");
        }
    }

    @Test
    void theNameAppearsWhenTheBlockIsWhole() {
        AtomicInteger seen = new AtomicInteger();
        hub.kernel.fault = (call, name) -> {
            if (call.equals("create")) {
                assertTrue(!Files.exists(hub.path().resolve("b")));
                seen.incrementAndGet();
            }
            return 0;
        };
        hub.hub().declare(spec);
        assertTrue(seen.get() >= 3);
    }

    @ParameterizedTest
    @CsvSource({
        "makeDirectory, 13, PERMISSION",
        "makeDirectory, 28, NO_SPACE",
        "makeDirectory, 24, KERNEL",
        "create lock, 28, NO_SPACE",
        "create lock, 24, KERNEL",
        "create state, 28, NO_SPACE",
        "create control, 28, NO_SPACE",
        "create control, 1, PERMISSION",
        "create data.1, 28, NO_SPACE",
        "create data.1, 24, KERNEL",
        "rename b, 28, NO_SPACE"
    })
    void aBlockThatCanNotBeMadeLeavesNothing(String at, int errno, ErrorCode code) {
        hub.kernel.fault = (call, name) -> at.equals(call) || at.equals(call + " " + name) ? errno : 0;
        assertNames(assertRefused(code, () -> hub.hub().create(spec)), "block=b");
        assertTrue(hub.everything().isEmpty(), () -> "left behind: " + hub.everything());
        hub.kernel.fault = (call, name) -> 0;
        hub.hub().declare(BlockSpec.named("next").slots(3).slotBytes(8));
        assertEquals(List.of("next"), hub.everything());
    }

    @ParameterizedTest
    @ValueSource(strings = {"size=64k", "size=8k", "size=4k"})
    void aFullFileSystemIsAnErrorAndStaysAsItWas(String limit) throws IOException {
        try (SmallFileSystem small = SmallFileSystem.mount(limit + ",mode=0700")) {
            Hub full = hub.open("full", small.path());
            assertRefused(ErrorCode.NO_SPACE, () -> full.create(spec.slots(100).slotBytes(4096)));
            try (Stream<Path> left = Files.list(small.path())) {
                assertEquals(List.of(), left.toList());
            }
            full.close();
        }
    }

    @Test
    void aFileSystemWithoutInodesIsAnErrorToo() throws IOException {
        for (int inodes = 1; inodes < 6; inodes++) {
            try (SmallFileSystem small = SmallFileSystem.mount("mode=0700,nr_inodes=" + inodes)) {
                Hub full = hub.open("full", small.path());
                assertRefused(ErrorCode.NO_SPACE, () -> full.create(spec));
                try (Stream<Path> left = Files.list(small.path())) {
                    assertEquals(List.of(), left.toList(), "inodes=" + inodes);
                }
                full.close();
            }
        }
    }

    @Test
    void whatIsSmallEnoughStillFits() {
        try (SmallFileSystem small = SmallFileSystem.mount("size=256k,mode=0700")) {
            Hub full = hub.open("full", small.path());
            full.declare(spec);
            assertRefused(
                    ErrorCode.NO_SPACE,
                    () -> full.declare(BlockSpec.named("large").slots(100).slotBytes(4096)));
            full.create(spec).write(tx -> tx.length(0));
            assertEquals(List.of("b"), full.list());
            full.close();
        }
    }

    @Test
    void anAllocatorsRefusalPassesThroughAndLeavesNothing() {
        hub.providers.add(new Refusing(), 0);
        DataHubException refusal =
                assertRefused(ErrorCode.MEMORY_LIMIT, () -> hub.hub().create(spec.allocator("refusing")));
        assertEquals("the limit, block=b", refusal.problem());
        assertTrue(hub.everything().isEmpty());
    }

    private static final class Refusing implements SegmentAllocator {
        @Override
        public String name() {
            return "refusing";
        }

        @Override
        public long pageBytes() {
            return 4096;
        }

        @Override
        public String locator() {
            return "";
        }

        @Override
        public Allocation allocate(Directory block, String locator, String file, long bytes) {
            throw new DataHubException(ErrorCode.MEMORY_LIMIT, "the limit", "raise it");
        }

        @Override
        public NativeFile open(Directory block, String locator, String file, boolean writable) {
            return null;
        }

        @Override
        public void release(Directory block, String locator, String file) {}
    }

    @Test
    void whatDeadBuildersLeftIsSweptByTheNextOne() throws IOException {
        leftOver(".tmp-dead", "lock", "state", "data.1");
        leftOver(".tmp-dead-at-once");
        hub.hub().declare(spec);
        assertEquals(List.of("b"), hub.everything());
    }

    @Test
    void whatALiveBuilderIsMakingStays() throws IOException {
        leftOver(".tmp-live", "lock", "state");
        Directory hubDirectory = hub.closing(TestKernel.REAL.openDirectory(hub.path()));
        Directory left = hub.closing(hubDirectory.openDirectory(".tmp-live"));
        NativeFile lock = hub.closing(left.open("lock", true));
        assertTrue(lock.tryLock(RowLayout.PRODUCER_LOCK));
        hub.hub().declare(spec);
        assertEquals(List.of(".tmp-live", "b"), hub.everything());
        assertTrue(Files.exists(hub.path().resolve(".tmp-live/state")));
        lock.close();
        hub.hub().declare(BlockSpec.named("c").slots(3).slotBytes(8));
        assertEquals(List.of("b", "c"), hub.everything());
    }

    @Test
    void theSweeperTouchesNothingElse() throws IOException {
        leftOver(".other", "lock");
        leftOver(".tmp-without-a-lock", "precious");
        leftOver("tmp-visible", "lock");
        Files.createFile(hub.path().resolve(".tmp-file"));
        Files.createSymbolicLink(hub.path().resolve(".tmp-link"), hub.path().resolve(".other"));
        hub.hub().declare(spec);
        assertEquals(
                List.of(".other", ".tmp-file", ".tmp-link", ".tmp-without-a-lock", "b", "tmp-visible"),
                hub.everything());
        assertTrue(Files.exists(hub.path().resolve(".tmp-without-a-lock/precious")));
        assertTrue(Files.exists(hub.path().resolve(".other/lock")));
    }

    @Test
    void aBlockThatGetsItsNameWhileItIsSweptStays() throws IOException {
        hub.hub().declare(spec);
        Path block = hub.path().resolve("b");
        Path building = hub.path().resolve(".tmp-building");
        Files.move(block, building);
        hub.kernel.fault = (call, name) -> {
            if (call.equals("openWritable") && name.equals("lock") && Files.exists(building)) move(building, block);
            return 0;
        };
        hub.hub().declare(BlockSpec.named("c").slots(3).slotBytes(8));
        assertEquals(List.of("b", "c"), hub.everything());
        hub.kernel.fault = (call, name) -> 0;
        hub.hub().create(spec).write(tx -> tx.length(0));
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void leftOver(String directory, String... files) throws IOException {
        Path made = Files.createDirectory(hub.path().resolve(directory));
        for (String file : files) Files.write(made.resolve(file), new byte[100]);
    }

    @ParameterizedTest
    @CsvSource({"create, lock", "makeDirectory, .tmp-"})
    void aBuilderWhoseDirectoryIsSweptTooEarlyMakesAnother(String step, String what) {
        List<String> made = new CopyOnWriteArrayList<>();
        hub.kernel.fault = (call, name) -> {
            if (!call.equals(step) || !name.startsWith(what) || made.size() == 3) return 0;
            made.add(name);
            return KernelException.ENOENT;
        };
        hub.hub().declare(spec);
        assertEquals(3, made.size());
        hub.hub().info("b");
    }

    @Test
    void aSizeThatNobodyNamesIsAnError() {
        assertNames(
                assertRefused(ErrorCode.CONFIGURATION, () -> hub.hub().create(BlockSpec.named("b"))),
                "slot.bytes=unset");
        assertTrue(hub.everything().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "SEQUENTIAL, 1099511627776, 2147483647, 1, CONFIGURATION",
        "SEQUENTIAL, 1099511627776, 1, 1, NO_SPACE MEMORY_LIMIT",
        "SEQUENTIAL_SYNC, 100000, 2147483647, 1, NO_SPACE MEMORY_LIMIT",
        "LATEST_ONLY, 1, 8, 16, CONFIGURATION"
    })
    void sizesThatCanNotBeAreRefusedBeforeAnythingIsMade(
            SyncPolicy policy, long slots, long bytes, int pins, String codes) {
        BlockSpec huge = BlockSpec.named("b")
                .policy(policy)
                .slots(slots)
                .slotBytes(bytes)
                .pins(pins)
                .participants(1024);
        DataHubException refusal =
                assertThrows(DataHubException.class, () -> hub.hub().create(huge));
        assertTrue(List.of(codes.split(" ")).contains(refusal.code().name()), refusal.getMessage());
        assertTrue(hub.everything().isEmpty());
    }

    @Test
    void sizesThatASpecCanNotSayAreRefusedByTheSpec() {
        assertThrows(IllegalArgumentException.class, () -> spec.slotBytes(0));
        assertThrows(IllegalArgumentException.class, () -> spec.slotBytes(-1));
        assertThrows(IllegalArgumentException.class, () -> spec.slotBytes(1L << 31));
        assertThrows(IllegalArgumentException.class, () -> spec.slots(0));
        assertThrows(IllegalArgumentException.class, () -> spec.slots(-1));
        assertThrows(IllegalArgumentException.class, () -> spec.slots(Long.MAX_VALUE));
        assertThrows(IllegalArgumentException.class, () -> spec.slots(3).batch(4));
    }

    @Test
    void anAbsentBlockIsNamedWithThoseThatAreThere() {
        hub.hub().declare(spec);
        assertNames(
                assertRefused(ErrorCode.BLOCK_NOT_FOUND, () -> hub.hub().attach("camera", ConsumerSpec.lossless())),
                "name=camera",
                "present=[b]",
                "hub=" + hub.path());
    }
}
