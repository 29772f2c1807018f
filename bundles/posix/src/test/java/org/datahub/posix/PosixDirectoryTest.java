package org.datahub.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.testing.ChildJvm;
import org.datahub.api.testing.Command;
import org.datahub.api.testing.SharedMemory;
import org.datahub.api.testing.SmallFileSystem;
import org.datahub.api.testing.Umask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PosixDirectoryTest {
    private final PosixKernel kernel = new PosixKernel();

    @TempDir(factory = SharedMemory.class)
    private Path path;

    private Directory directory;

    @BeforeEach
    void open() {
        directory = kernel.openDirectory(path);
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private static void refused(int errno, Executable call) {
        KernelException refused = assertThrows(KernelException.class, call);
        assertEquals(errno, refused.errno(), refused.getMessage());
    }

    // Names.

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "/", "/etc", "a/b", "../x", "x/", "a\0b"})
    void aNameIsOnePathElement(String name) {
        for (Executable call : List.<Executable>of(
                () -> directory.open(name, false),
                () -> directory.create(name, 0600),
                () -> directory.openDirectory(name),
                () -> directory.makeDirectory(name, 0700),
                () -> directory.status(name),
                () -> directory.unlink(name),
                () -> directory.removeDirectory(name),
                () -> directory.rename(name, "other"),
                () -> directory.rename("other", name))) {
            assertThrows(IllegalArgumentException.class, call);
        }
        assertEquals(List.of(), directory.list());
    }

    @Test
    void namesAreRelativeToTheDirectoryAndNotToItsPath() throws IOException {
        Path moved = Files.createDirectory(path.resolve("moved"));
        Path here = Files.createDirectory(path.resolve("here"));
        try (Directory opened = kernel.openDirectory(here)) {
            Files.move(here, moved.resolve("there"));
            Files.createDirectory(here);
            opened.create("file", 0600).close();
            assertEquals(List.of("file"), opened.list());
        }
        assertTrue(Files.exists(moved.resolve("there/file")), "where the directory went");
        assertFalse(Files.exists(here.resolve("file")), "not what has its name now");
    }

    @Test
    void namesBeyondAsciiAreUtf8() throws IOException {
        directory.create("kamera-\u00fc-\u20ac", 0600).close();
        assertTrue(Files.exists(path.resolve("kamera-\u00fc-\u20ac")));
        assertEquals(List.of("kamera-\u00fc-\u20ac"), directory.list());
        try (NativeFile found = directory.open("kamera-\u00fc-\u20ac", false)) {
            assertEquals(FileStatus.Kind.REGULAR, found.status().kind());
        }
    }

    /// A service often runs without a locale; Java's own paths turn such names into question marks
    /// then.
    @Test
    void namesBeyondAsciiAreUtf8WithoutALocaleToo() {
        directory.create("kamera-\u00fc", 0600).close();
        directory.makeDirectory("ordner-\u00fc", 0700);
        directory.create("100%+?#", 0600).close();
        ProcessBuilder bare = new ProcessBuilder();
        bare.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        bare.environment().put("LC_ALL", "C");
        try (ChildJvm child = ChildJvm.start(bare, ChildJvm.NATIVE, Lister.class, path)) {
            assertEquals(hex("100%+?#"), child.line());
            assertEquals(hex("kamera-\u00fc"), child.line());
            assertEquals(hex("ordner-\u00fc"), child.line());
            assertEquals(0, child.exit(), child::errors);
        }
    }

    private static String hex(String name) {
        return HexFormat.of().formatHex(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static final class Lister {
        public static void main(String[] arguments) {
            try (Directory directory = new PosixKernel().openDirectory(Path.of(arguments[0]))) {
                for (String name : directory.list()) System.out.println(hex(name));
            }
        }
    }

    // Links are never followed.

    @Test
    void aLinkToAFileIsRefused() throws IOException {
        Path target = Files.writeString(path.resolve("target"), "kept");
        Files.createSymbolicLink(path.resolve("link"), target);
        refused(KernelException.ELOOP, () -> directory.open("link", false));
        refused(KernelException.ELOOP, () -> directory.open("link", true));
        refused(KernelException.EEXIST, () -> directory.create("link", 0600));
        assertEquals(FileStatus.Kind.LINK, directory.status("link").kind());
        directory.unlink("link");
        assertEquals("kept", Files.readString(target));
    }

    @Test
    void aLinkToADirectoryIsRefused() throws IOException {
        Files.createDirectory(path.resolve("target"));
        Files.createSymbolicLink(path.resolve("link"), path.resolve("target"));
        refused(KernelException.ENOTDIR, () -> directory.openDirectory("link"));
        refused(KernelException.ENOTDIR, () -> kernel.openDirectory(path.resolve("link")));
        refused(KernelException.EEXIST, () -> directory.makeDirectory("link", 0700));
    }

    @Test
    void aDanglingLinkIsNotCreatedThrough() throws IOException {
        Files.createSymbolicLink(path.resolve("link"), path.resolve("elsewhere"));
        refused(KernelException.EEXIST, () -> directory.create("link", 0600));
        assertFalse(Files.exists(path.resolve("elsewhere")));
    }

    // What is there and what is not.

    @Test
    void whatIsNotThereIsNullOrNoError() {
        assertNull(directory.open("absent", false));
        assertNull(directory.open("absent", true));
        assertNull(directory.openDirectory("absent"));
        assertNull(directory.status("absent"));
        directory.unlink("absent");
        directory.removeDirectory("absent");
        refused(KernelException.ENOENT, () -> directory.rename("absent", "other"));
        refused(KernelException.ENOENT, () -> kernel.openDirectory(path.resolve("absent")));
    }

    @Test
    void aFileIsNoDirectoryAndADirectoryNoFile() {
        directory.create("file", 0600).close();
        directory.makeDirectory("folder", 0700);
        refused(KernelException.ENOTDIR, () -> directory.openDirectory("file"));
        refused(KernelException.ENOTDIR, () -> directory.removeDirectory("file"));
        refused(KernelException.EISDIR, () -> directory.open("folder", true));
        refused(KernelException.EISDIR, () -> directory.unlink("folder"));
    }

    @Test
    void aFifoBlocksNobody() {
        Command.run("mkfifo", path.resolve("fifo").toString());
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            try (NativeFile reading = directory.open("fifo", false);
                    NativeFile writing = directory.open("fifo", true)) {
                assertEquals(FileStatus.Kind.OTHER, reading.status().kind());
                assertEquals(FileStatus.Kind.OTHER, writing.status().kind());
            }
        });
    }

    @Test
    void aDirectoryWithSomethingInItStays() {
        directory.makeDirectory("folder", 0700);
        try (Directory folder = directory.openDirectory("folder")) {
            folder.create("file", 0600).close();
            int notEmpty = 39;
            refused(notEmpty, () -> directory.removeDirectory("folder"));
            folder.unlink("file");
        }
        directory.removeDirectory("folder");
        assertEquals(List.of(), directory.list());
    }

    @Test
    void namesAreListedInOrder() {
        for (String name : List.of("b", "a", ".hidden", "c"))
            directory.create(name, 0600).close();
        assertEquals(List.of(".hidden", "a", "b", "c"), directory.list());
    }

    // Modes.

    @ParameterizedTest
    @CsvSource({"0640, 0", "0640, 077", "0660, 022", "0660, 0777", "0600, 0"})
    void aFileHasExactlyItsModeWhateverTheUmask(String mode, String mask) {
        int wanted = Integer.parseInt(mode, 8);
        try (Umask changed = new Umask(Integer.parseInt(mask, 8));
                NativeFile file = directory.create("file", wanted)) {
            assertEquals(wanted, file.status().mode());
        }
    }

    @ParameterizedTest
    @CsvSource({"0700, 0", "02750, 077", "03770, 022", "0755, 077"})
    void aDirectoryHasExactlyItsModeWhateverTheUmask(String mode, String mask) {
        int wanted = Integer.parseInt(mode, 8);
        try (Umask changed = new Umask(Integer.parseInt(mask, 8))) {
            directory.makeDirectory("below", wanted);
            assertEquals(wanted, directory.status("below").mode());
            assertTrue(kernel.makeDirectory(path.resolve("byPath"), wanted));
            assertEquals(wanted, directory.status("byPath").mode());
        }
    }

    @Test
    void aNameThatExistsIsRefusedOrReported() throws IOException {
        Files.writeString(path.resolve("file"), "kept");
        refused(KernelException.EEXIST, () -> directory.create("file", 0600));
        refused(KernelException.EEXIST, () -> directory.makeDirectory("file", 0700));
        assertFalse(kernel.makeDirectory(path.resolve("file"), 0700));
        assertEquals("kept", Files.readString(path.resolve("file")));
    }

    // Status.

    @ParameterizedTest
    @ValueSource(strings = {"file", "folder", "link", "fifo"})
    void aStatusSaysWhatJavaSays(String name) throws IOException {
        Files.writeString(path.resolve("file"), "12345");
        Files.createDirectory(path.resolve("folder"));
        Files.createSymbolicLink(path.resolve("link"), Path.of("file"));
        Command.run("mkfifo", path.resolve("fifo").toString());
        Map<String, Object> java = Files.readAttributes(path.resolve(name), "unix:*", LinkOption.NOFOLLOW_LINKS);
        FileStatus ours = directory.status(name);
        assertEquals(device((Long) java.get("dev")), ours.device());
        assertEquals(java.get("ino"), ours.inode());
        assertEquals((Integer) java.get("mode") & 07777, ours.mode());
        assertEquals(java.get("uid"), ours.uid());
        assertEquals(java.get("gid"), ours.gid());
        assertEquals(java.get("size"), ours.bytes());
        assertEquals(java.get("isRegularFile"), ours.kind() == FileStatus.Kind.REGULAR);
        assertEquals(java.get("isDirectory"), ours.kind() == FileStatus.Kind.DIRECTORY);
        assertEquals(java.get("isSymbolicLink"), ours.kind() == FileStatus.Kind.LINK);
        assertEquals(java.get("isOther"), ours.kind() == FileStatus.Kind.OTHER);
    }

    /// glibc packs major and minor of a device into one number; statx gives them as two words.
    private static long device(long packed) {
        long major = packed >>> 8 & 0xfff | packed >>> 32 & ~0xfffL;
        long minor = packed & 0xff | packed >>> 12 & 0xffff_ff00L;
        return major << 32 | minor;
    }

    @Test
    void aDirectoryKnowsItselfThroughEveryDoor() {
        directory.makeDirectory("folder", 0700);
        try (Directory folder = directory.openDirectory("folder");
                Directory byPath = kernel.openDirectory(path.resolve("folder"))) {
            assertTrue(folder.status().same(byPath.status()));
            assertTrue(folder.status().same(directory.status("folder")));
            assertFalse(folder.status().same(directory.status()));
            assertEquals(path + "/folder", folder.path());
        }
    }

    @Test
    void ownersOfOtherUsersAreTold() throws IOException {
        Command.require(kernel.uid() == 0, "only root can give files away");
        Files.writeString(path.resolve("file"), "");
        Command.run("chown", "12345:54321", path.resolve("file").toString());
        assertEquals(12345, directory.status("file").uid());
        assertEquals(54321, directory.status("file").gid());
    }

    // Rename.

    @Test
    void renameMovesAFileOrADirectory() {
        directory.create("file", 0600).close();
        directory.makeDirectory("folder", 0700);
        assertTrue(directory.rename("file", "file2"));
        assertTrue(directory.rename("folder", "folder2"));
        assertEquals(List.of("file2", "folder2"), directory.list());
    }

    @Test
    void renameReplacesNothing() throws IOException {
        Files.writeString(path.resolve("one"), "1");
        Files.writeString(path.resolve("two"), "2");
        Files.createDirectory(path.resolve("empty"));
        Files.createDirectory(path.resolve("empty2"));
        assertFalse(directory.rename("one", "two"));
        assertFalse(directory.rename("empty", "empty2"), "rename(2) alone would replace an empty directory");
        assertEquals("1", Files.readString(path.resolve("one")));
        assertEquals("2", Files.readString(path.resolve("two")));
        assertEquals(List.of("empty", "empty2", "one", "two"), directory.list());
    }

    // Room, and the end.

    @Test
    void usableBytesAreWhatTheFileSystemHasLeft() {
        try (SmallFileSystem small = SmallFileSystem.mount("size=1m");
                Directory there = kernel.openDirectory(small.path())) {
            assertEquals(1 << 20, there.usableBytes());
            try (NativeFile file = there.create("file", 0600)) {
                file.reserve(256 << 10);
                assertEquals(768 << 10, there.usableBytes());
            }
        }
    }

    @Test
    void aClosedDirectoryIsNotTakenForTheNextOneWithItsDescriptor() {
        Directory closed = kernel.openDirectory(path);
        closed.close();
        closed.close();
        try (Directory next = kernel.openDirectory(path)) {
            assertThrows(IllegalStateException.class, closed::status);
            assertThrows(IllegalStateException.class, closed::list);
            assertThrows(IllegalStateException.class, () -> closed.create("file", 0600));
            assertEquals(List.of(), next.list());
        }
    }

    @Test
    void noDescriptorGoesToChildrenOrStaysBehind() throws IOException {
        directory.makeDirectory("folder", 0700);
        try (Directory folder = directory.openDirectory("folder");
                NativeFile created = folder.create("file", 0600);
                NativeFile opened = folder.open("file", false)) {
            List<String> flags = Descriptors.flagsOf(path);
            assertEquals(4, flags.size(), "two directories, two files: " + flags);
            for (String flag : flags) {
                assertTrue((Integer.parseInt(flag, 8) & Libc.O_CLOEXEC) != 0, "not closed on exec: flags=" + flag);
            }
        }
        directory.close();
        assertEquals(List.of(), Descriptors.flagsOf(path));
    }
}
