package org.datahub.posix;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Scanner;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.testing.ChildJvm;
import org.datahub.api.testing.SharedMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lock bytes: they belong to one open file, and end with it or with its process.
class LockByteTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int EBADF = 9;

    private final PosixKernel kernel = new PosixKernel();

    @TempDir(factory = SharedMemory.class)
    private Path path;

    private Directory directory;
    private NativeFile one;
    private NativeFile two;

    @BeforeEach
    void openTwice() {
        directory = kernel.openDirectory(path);
        one = directory.create("lock", 0660);
        two = directory.open("lock", true);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        directory.close();
    }

    // In one process.

    @Test
    void twoOpensOfOneProcessExcludeEachOther() {
        assertTrue(one.tryLock(0));
        assertFalse(two.tryLock(0));
        assertTrue(two.lockedByOther(0));
        one.unlock(0);
        assertTrue(two.tryLock(0));
        assertFalse(one.tryLock(0));
    }

    @Test
    void aHolderMayTakeItsByteAgainAndOneUnlockGivesItBack() {
        assertTrue(one.tryLock(0));
        assertTrue(one.tryLock(0));
        one.unlock(0);
        assertTrue(two.tryLock(0));
    }

    @Test
    void closingGivesEveryByteBack() {
        assertTrue(one.tryLock(0));
        assertTrue(one.tryLock(17));
        one.close();
        assertFalse(two.lockedByOther(0));
        assertTrue(two.tryLock(0));
        assertTrue(two.tryLock(17));
    }

    @Test
    void eachByteIsALockOfItsOwn() {
        assertTrue(one.tryLock(16));
        assertTrue(two.tryLock(15));
        assertTrue(two.tryLock(17));
        assertTrue(two.tryLock(1L << 40), "the file is empty: bytes need not be there");
        assertFalse(two.tryLock(16));
        one.unlock(16);
        assertFalse(one.tryLock(15), "giving one back gives no other back");
    }

    @Test
    void lookingTakesNothingAndDoesNotSeeOneselfAsAnother() {
        assertFalse(one.lockedByOther(0));
        assertTrue(two.tryLock(0), "the look took nothing");
        assertFalse(two.lockedByOther(0));
        assertTrue(one.lockedByOther(0));
        two.unlock(0);
        assertFalse(one.lockedByOther(0));
    }

    /// What is wrong with the older kind of locks, which Java's own are: any open and close of the
    /// file drops
    /// them.
    @Test
    void openingAndClosingTheFileElsewhereDropsNoLock() throws IOException {
        assertTrue(one.tryLock(0));
        FileChannel.open(path.resolve("lock"), StandardOpenOption.READ, StandardOpenOption.WRITE)
                .close();
        Files.readAllBytes(path.resolve("lock"));
        directory.open("lock", true).close();
        assertFalse(two.tryLock(0));
    }

    @Test
    void aFileOpenedToReadCanLookAndNotLock() {
        try (NativeFile reading = directory.open("lock", false)) {
            assertFalse(reading.lockedByOther(0));
            assertTrue(one.tryLock(0));
            assertTrue(reading.lockedByOther(0));
            KernelException refused = assertThrows(KernelException.class, () -> reading.tryLock(1));
            assertEquals(EBADF, refused.errno());
        }
    }

    // Between processes.

    /// Takes the bytes named, says so, then does what it is told.
    static final class Holder {
        public static void main(String[] arguments) {
            Directory directory = new PosixKernel().openDirectory(Path.of(arguments[0]));
            NativeFile lock = directory.open("lock", true);
            for (int i = 1; i < arguments.length; i++) {
                System.out.println(lock.tryLock(Long.parseLong(arguments[i])) ? "held" : "refused");
            }
            Scanner orders = new Scanner(System.in);
            while (orders.hasNextLine()) {
                switch (orders.nextLine()) {
                    case "close" -> lock.close();
                    case "alive" -> {}
                    default -> System.exit(0);
                }
                System.out.println("done");
            }
        }
    }

    @Test
    void aByteThatAnotherProcessHoldsIsRefused() {
        try (ChildJvm child = ChildJvm.start(Holder.class, path, 0, 16)) {
            assertEquals("held", child.line());
            assertEquals("held", child.line());
            assertFalse(one.tryLock(0));
            assertFalse(one.tryLock(16));
            assertTrue(one.lockedByOther(16));
            assertTrue(one.tryLock(17));
            child.say("close");
            assertEquals("done", child.line());
            assertTrue(one.tryLock(0));
            assertTrue(one.tryLock(16));
        }
    }

    @Test
    void aByteThatThisProcessHoldsIsRefusedToAnother() {
        assertTrue(one.tryLock(0));
        try (ChildJvm child = ChildJvm.start(Holder.class, path, 0, 1)) {
            assertEquals("refused", child.line());
            assertEquals("held", child.line());
        }
    }

    @Test
    void aKilledHolderLosesItsLocks() {
        try (ChildJvm child = ChildJvm.start(Holder.class, path, 0)) {
            assertEquals("held", child.line());
            child.signal("KILL");
            await().atMost(DEADLINE).until(() -> one.tryLock(0));
        }
    }

    @Test
    void aHolderThatExitsLosesItsLocks() {
        try (ChildJvm child = ChildJvm.start(Holder.class, path, 0)) {
            assertEquals("held", child.line());
            child.say("exit");
            assertEquals(0, child.exit());
            assertTrue(one.tryLock(0));
        }
    }

    @Test
    void aStoppedHolderKeepsItsLocks() throws IOException {
        try (ChildJvm child = ChildJvm.start(Holder.class, path, 0)) {
            assertEquals("held", child.line());
            child.signal("STOP");
            Path stat = Path.of("/proc", Long.toString(child.pid()), "stat");
            await().atMost(DEADLINE).until(() -> Files.readString(stat).contains(") T "));
            assertFalse(one.tryLock(0));
            assertTrue(one.lockedByOther(0));
            child.signal("CONT");
            child.say("alive");
            assertEquals("done", child.line());
            assertFalse(one.tryLock(0));
            child.signal("STOP");
            child.signal("KILL");
            await().atMost(DEADLINE).until(() -> one.tryLock(0));
        }
    }

    /// The holder's children have no copy of the descriptor: a lock that they kept would outlive
    /// its owner.
    @Test
    void aChildOfTheHolderKeepsNoLock() throws IOException {
        assertTrue(one.tryLock(0));
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            one.close();
            assertTrue(two.tryLock(0));
        } finally {
            child.destroyForcibly();
        }
    }
}
