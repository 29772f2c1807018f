package org.datahub.engine;

import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.layout.PlaceLayout;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.testing.Command;
import org.datahub.api.testing.SmallFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Blocks whose files are outside the hub directory.
@Deadline
class PlacedBlockTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    @TempDir
    private Path home;

    private final BlockSpec spec =
            BlockSpec.named("b").slots(3).slotBytes(64).participants(4).allocator("disk");

    @BeforeEach
    void add() {
        hub.providers.add(new DiskMemory(home), 0);
    }

    @Test
    void allFilesAreInTheHomeAndAFileTellsWhere() throws IOException {
        try (DataBlockProducer out = hub.hub().create(spec);
                DataBlockConsumer in = hub.open("other").attach("b", ConsumerSpec.lossless())) {
            out.write(tx -> tx.user(42).length(0));
            assertEquals(Next.SLOT, in.read(Duration.ofSeconds(1), slot -> assertEquals(42, slot.user())));
        }
        try (Stream<Path> files = Files.list(home.resolve("b"))) {
            assertEquals(
                    List.of("control", "data.1", "lock", "state"),
                    files.map(each -> each.getFileName().toString()).sorted().toList());
        }
        assertEquals(List.of("b"), hub.everything());
        assertEquals(PlaceLayout.BYTES, Files.size(told()));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(told())));
        assertEquals(List.of("b"), hub.hub().list());
    }

    private Path told() {
        return hub.path().resolve("b");
    }

    @Test
    void itIsToldWhereTheFilesAreAndWhatARestartDoes() {
        BlockInfo info = hub.hub().declare(spec);
        assertEquals(home.resolve("b").toString(), info.directory());
        assertTrue(info.survivesRestart());
        BlockInfo ordinary = hub.hub().declare(BlockSpec.named("c").slots(3).slotBytes(8));
        assertEquals(hub.path().resolve("c").toString(), ordinary.directory());
        assertFalse(ordinary.survivesRestart());
    }

    @Test
    void numbersGoOnWhenTheHubDirectoryHasForgottenTheBlock() throws IOException {
        DataBlockProducer out = hub.hub().create(spec);
        for (int n = 0; n < 10; n++) out.write(tx -> tx.length(0));
        hub.kill(out);
        Files.delete(told());
        try (DataBlockProducer again = hub.hub().create(spec)) {
            assertEquals(10, again.next());
        }
    }

    @Test
    void aDeclarationFindsItAgainToo() throws IOException {
        String id = hub.hub().declare(spec).blockId();
        Files.delete(told());
        assertRefused(ErrorCode.BLOCK_NOT_FOUND, () -> hub.hub().attach("b", ConsumerSpec.lossless()));
        assertEquals(id, hub.hub().declare(spec).blockId());
        hub.hub().attach("b", ConsumerSpec.lossless());
    }

    /// Two hub directories may share a home: the lock bytes are those of the block.
    @Test
    void aBlockThatAProducerOfAnotherHubHasIsRefused(@TempDir Path other) throws IOException {
        hub.kernel.hurries = true;
        hub.hub().create(spec);
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwx------"));
        Hub second = hub.open("second", other);
        assertRefused(ErrorCode.PRODUCER_CONFLICT, () -> second.create(spec));
        assertEquals(0, second.info("b").next(), "it can be read there");
    }

    @Test
    void theHandlesOfAForgottenBlockSaySo() throws IOException {
        DataBlockProducer out = hub.hub().create(spec);
        Files.delete(told());
        HubFixture.eventually(() -> {
            try {
                out.write(tx -> tx.length(0));
                return false;
            } catch (org.datahub.api.DataHubException e) {
                return e.code() == ErrorCode.BLOCK_ORPHANED;
            }
        });
    }

    @Test
    void aRemovedBlockLeavesNothing() throws IOException {
        hub.hub().declare(spec);
        hub.hub().remove("b");
        assertTrue(hub.everything().isEmpty());
        try (Stream<Path> left = Files.list(home)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void aFileWhoseDirectoryIsGoneIsNoBlockAndMakesRoomForOne() throws IOException {
        hub.hub().declare(spec);
        move(home.resolve("b"), home.resolve("moved"));
        assertRefused(ErrorCode.BLOCK_NOT_FOUND, () -> hub.hub().info("b"));
        hub.hub().create(spec).close();
        hub.hub().info("b");
    }

    @Test
    void aFileWhoseDirectoryIsGoneCanBeRemoved() throws IOException {
        hub.hub().declare(spec);
        move(home.resolve("b"), home.resolve("moved"));
        hub.hub().remove("b");
        assertTrue(hub.everything().isEmpty());
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to);
    }

    @Test
    void whatADeadWriterOfTheFileLeftIsSwept() throws IOException {
        Files.createFile(hub.path().resolve(".place-dead"));
        Files.createFile(hub.path().resolve(".place-live"));
        Directory directory = hub.closing(TestKernel.REAL.openDirectory(hub.path()));
        NativeFile live = hub.closing(directory.open(".place-live", true));
        assertTrue(live.tryLock(0));
        hub.hub().declare(spec);
        assertEquals(List.of(".place-live", "b"), hub.everything());
    }

    @Test
    void whileAnAdministratorHasTheBlockTheFileWaits() throws IOException {
        hub.hub().declare(spec);
        Files.delete(told());
        Directory block = hub.closing(TestKernel.REAL.openDirectory(home.resolve("b")));
        NativeFile lock = hub.closing(block.open("lock", true));
        assertTrue(lock.tryLock(RowLayout.ADMIN_LOCK));
        Thread declaring = Thread.ofPlatform().start(() -> hub.hub().declare(spec));
        HubFixture.eventually(() -> declaring.getState() == Thread.State.TIMED_WAITING);
        assertTrue(hub.everything().isEmpty());
        lock.close();
        HubFixture.eventually(() -> !declaring.isAlive());
        assertEquals(List.of("b"), hub.everything());
    }

    // The file lies.

    static Stream<Arguments> lies() {
        return Stream.of(
                number(PlaceLayout.MAGIC, 5, "magic"),
                half(PlaceLayout.BYTE_ORDER, 0x04030201, "magic"),
                half(PlaceLayout.PATH_BYTES, 0, "no path"),
                half(PlaceLayout.PATH_BYTES, -1, "no path"),
                half(PlaceLayout.PATH_BYTES, Integer.MAX_VALUE, "not that of a block of this name"),
                number(PlaceLayout.BLOCK_ID_HIGH, 5, "another block"),
                number(PlaceLayout.BLOCK_ID_LOW, 5, "another block"),
                path("b", "no path"),
                path("/", "not that of a block of this name"),
                path("/dev/shm/other", "not that of a block of this name"),
                path("/dev/b/..", "not that of a block of this name"));
    }

    private static Arguments number(long offset, long value, String word) {
        byte[] bytes = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, value)
                .array();
        return Arguments.of(offset, bytes, word);
    }

    private static Arguments half(long offset, int value, String word) {
        byte[] bytes = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, value)
                .array();
        return Arguments.of(offset, bytes, word);
    }

    private static Arguments path(String text, String word) {
        byte[] bytes = new byte[PlaceLayout.MOST_PATH_BYTES];
        byte[] path = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(path, 0, bytes, 0, path.length);
        ByteBuffer all = ByteBuffer.allocate((int) (PlaceLayout.PATH - PlaceLayout.PATH_BYTES) + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, path.length);
        all.put((int) (PlaceLayout.PATH - PlaceLayout.PATH_BYTES), bytes);
        return Arguments.of(PlaceLayout.PATH_BYTES, all.array(), word);
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aFileThatLiesIsRefused(long offset, byte[] bytes, String word) throws IOException {
        hub.hub().declare(spec);
        poke(told(), offset, bytes);
        refusedEverywhere(word);
    }

    private static void poke(Path file, long offset, byte[] bytes) throws IOException {
        try (RandomAccessFile target = new RandomAccessFile(file.toFile(), "rw")) {
            target.seek(offset);
            target.write(bytes);
        }
    }

    private void refusedEverywhere(String... words) {
        assertNames(assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().create(spec)), words);
        assertNames(assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().declare(spec)), words);
        assertNames(assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().attach("b", ConsumerSpec.observer())), words);
        assertNames(assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().info("b")), words);
    }

    @Test
    void aFileOfAnotherSizeIsNoBlock() throws IOException {
        Files.writeString(told(), "something else");
        assertEquals(List.of(), hub.hub().list());
        refusedEverywhere("bytes=14");
        assertEquals("something else", Files.readString(told()));
    }

    @Test
    void anotherLayoutIsToldByItsVersion() throws IOException {
        hub.hub().declare(spec);
        poke(told(), PlaceLayout.LAYOUT_VERSION, new byte[] {0, 0, 9, 0});
        assertRefused(ErrorCode.LAYOUT_VERSION, () -> hub.hub().info("b"));
    }

    @Test
    void aDirectoryThatOthersMayWriteIsRefused() throws IOException {
        hub.hub().declare(spec);
        Files.setPosixFilePermissions(home.resolve("b"), PosixFilePermissions.fromString("rwxrwxrwx"));
        refusedEverywhere("mode=777");
    }

    @Test
    void aDirectoryOfAnotherUserIsRefused() {
        hub.hub().declare(spec);
        Command.require(TestKernel.REAL.uid() == 0, "another user's directory takes root");
        Command.run("chown", "12345", home.resolve("b").toString());
        refusedEverywhere("owner=12345");
        Command.run("chown", "0", home.resolve("b").toString());
    }

    @Test
    void aLinkInItsPlaceIsNotFollowed() throws IOException {
        hub.hub().declare(spec);
        move(home.resolve("b"), home.resolve("real"));
        Files.createSymbolicLink(home.resolve("b"), home.resolve("real"));
        refusedEverywhere("no regular file");
    }

    /// Another block of the same name stands there now: neither is served, nor removed by mistake.
    @Test
    void anotherBlockInTheSamePlaceIsNotServed() throws IOException {
        hub.hub().declare(spec);
        byte[] before = Files.readAllBytes(told());
        hub.hub().remove("b");
        hub.hub().declare(spec);
        Files.write(told(), before);
        refusedEverywhere("another block");
        hub.hub().remove("b");
        assertTrue(hub.everything().isEmpty());
        assertTrue(Files.exists(home.resolve("b/state")));
        hub.hub().create(spec).close();
    }

    // The home can't be used.

    @Test
    void aHomeThatIsNotThereIsRefused() throws IOException {
        refusedHome(home.resolve("nowhere"), "it does not exist");
        refusedHome(Files.createFile(home.resolve("file")), "no directory");
        refusedHome(Files.createSymbolicLink(home.resolve("link"), home), "symbolic link");
    }

    private int ranking;

    private void refusedHome(Path place, String word) {
        hub.providers.add(new DiskMemory(place), ++ranking);
        assertNames(
                assertRefused(ErrorCode.MEMORY_DIRECTORY, () -> hub.hub().create(spec)), word, "directory=" + place);
        assertTrue(hub.everything().isEmpty());
    }

    @Test
    void aHomeThatOthersMayWriteIsRefused() throws IOException {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwx---"));
        refusedHome(home, "mode=770");
    }

    @Test
    void aHomeOfAnotherUserIsRefused() throws IOException {
        Command.require(TestKernel.REAL.uid() == 0, "another user's directory takes root");
        Path other = Files.createDirectory(home.resolve("other"));
        Command.run("chown", "12345", other.toString());
        refusedHome(other, "owner=12345");
    }

    @Test
    void aHomeThatIsReadOnlyIsRefused() {
        try (SmallFileSystem small = SmallFileSystem.mount("size=1m,mode=700,ro")) {
            hub.providers.add(new DiskMemory(small.path()), 1);
            assertNames(assertRefused(ErrorCode.PERMISSION, () -> hub.hub().create(spec)), "EROFS");
            assertTrue(hub.everything().isEmpty());
        }
    }

    @Test
    void aHomeThatIsTooSmallIsRefusedAndLeftEmpty() throws IOException {
        try (SmallFileSystem small = SmallFileSystem.mount("size=64k,mode=700")) {
            hub.providers.add(new DiskMemory(small.path()), 1);
            assertRefused(ErrorCode.NO_SPACE, () -> hub.hub().create(spec.slotBytes(1 << 20)));
            assertTrue(hub.everything().isEmpty());
            try (Stream<Path> left = Files.list(small.path())) {
                assertEquals(0, left.count());
            }
        }
    }

    @Test
    void aNameThatSomethingElseHasInTheHomeIsRefused() throws IOException {
        Files.createFile(home.resolve("b"));
        assertNames(assertRefused(ErrorCode.MEMORY_DIRECTORY, () -> hub.hub().create(spec)), "ENOTDIR");
    }

    /// What stands in a file of the hub directory is the block of that file; a block in the hub
    /// directory of that name is another.
    @Test
    void aBlockOfTheNameInTheHubDirectoryIsAConflict() {
        hub.hub().declare(spec.allocator("shm"));
        assertNames(
                assertRefused(ErrorCode.GEOMETRY_REFUSED, () -> hub.hub().create(spec)), "allocator=shm (asked disk)");
        assertFalse(Files.exists(home.resolve("b")));
    }

    @Test
    void theStateNamesTheBlockThatTheFileNames() throws IOException {
        hub.hub().declare(spec);
        poke(home.resolve("b/state"), StateLayout.NAME, new byte[] {'c'});
        refusedEverywhere("names another block");
    }
}
