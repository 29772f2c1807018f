package org.datahub.posix;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Doorbell;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.testing.ChildJvm;
import org.datahub.api.testing.SharedMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FutexDoorbellTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final long WORD = 1028;

    private final PosixKernel kernel = new PosixKernel();
    private final Arena arena = Arena.ofShared();

    @TempDir(factory = SharedMemory.class)
    private Path path;

    private Directory directory;
    private MemorySegment memory;
    private Doorbell bell;

    @BeforeEach
    void map() {
        directory = kernel.openDirectory(path);
        try (NativeFile file = directory.create("memory", 0600)) {
            file.reserve(4096);
            memory = file.map(4096, true, arena);
        }
        bell = kernel.doorbell(memory, WORD);
    }

    @AfterEach
    void unmap() {
        arena.close();
        directory.close();
    }

    /// Sleeps on the word, with a mapping of the kind named, until somebody wakes it.
    static final class Sleeper {
        public static void main(String[] arguments) {
            PosixKernel kernel = new PosixKernel();
            boolean writable = Boolean.parseBoolean(arguments[1]);
            try (Directory directory = kernel.openDirectory(Path.of(arguments[0]));
                    NativeFile file = directory.open("memory", writable)) {
                MemorySegment memory = file.map(4096, writable, Arena.global());
                System.out.println("sleeping");
                kernel.doorbell(memory, WORD).await(0, LONG_NANOS);
                System.out.println("awake");
            }
        }
    }

    /// The word never changes, so nothing but the wake itself can end the sleep.
    @Test
    void aRingWakesASleeperInAnotherProcess() {
        try (ChildJvm child = ChildJvm.start(Sleeper.class, path, true)) {
            assertEquals("sleeping", child.line());
            ringUntilAwake(child);
        }
    }

    @Test
    void aMappingToReadWillDoForSleeping() {
        try (ChildJvm child = ChildJvm.start(Sleeper.class, path, false)) {
            assertEquals("sleeping", child.line());
            ringUntilAwake(child);
        }
    }

    private void ringUntilAwake(ChildJvm child) {
        await().atMost(DEADLINE).pollInterval(Duration.ofMillis(5)).until(() -> {
            bell.wakeAll();
            return "awake".equals(child.lineNow());
        });
    }

    @Test
    void oneRingWakesAllWhoSleep() {
        try (ChildJvm one = ChildJvm.start(Sleeper.class, path, true);
                ChildJvm two = ChildJvm.start(Sleeper.class, path, false)) {
            assertEquals("sleeping", one.line());
            assertEquals("sleeping", two.line());
            await().atMost(DEADLINE).ignoreExceptions().until(() -> sleeps(one) && sleeps(two));
            bell.wakeAll();
            assertEquals("awake", one.line());
            assertEquals("awake", two.line());
        }
    }

    /// Whether a thread of it is in a futex call that processes share: the JVM's own are private
    /// ones.
    private static boolean sleeps(ChildJvm child) throws IOException {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + child.pid() + "/task"))) {
            for (Path task : tasks.toList()) {
                String[] call = Files.readString(task.resolve("syscall")).split(" ");
                if (call[0].equals(arm ? "98" : "202") && call[2].equals("0x0")) return true;
            }
        }
        return false;
    }

    @Test
    void aRingWakesAThreadOfTheSameProcess() throws InterruptedException {
        Thread sleeper =
                Thread.ofPlatform().start(() -> kernel.doorbell(memory, WORD).await(0, LONG_NANOS));
        await().atMost(DEADLINE).until(() -> {
            bell.wakeAll();
            return !sleeper.isAlive();
        });
    }

    @Test
    void whoComesLateDoesNotSleep() {
        memory.set(ValueLayout.JAVA_INT, WORD, 8);
        assertTimeoutPreemptively(DEADLINE, () -> kernel.doorbell(memory, WORD).await(7, LONG_NANOS));
    }

    @Test
    void aWordWithTheSignBitSetIsComparedAsItStands() {
        memory.set(ValueLayout.JAVA_INT, WORD, -5);
        long begin = System.nanoTime();
        bell.await(-5, TimeUnit.MILLISECONDS.toNanos(30));
        assertTrue(System.nanoTime() - begin >= TimeUnit.MILLISECONDS.toNanos(30), "it did sleep");
    }

    @Test
    void aSleepThatNobodyEndsIsAsLongAsItWasAskedFor() {
        for (long millis : new long[] {1, 20, 100}) {
            long asked = TimeUnit.MILLISECONDS.toNanos(millis);
            long begin = System.nanoTime();
            bell.await(0, asked);
            long slept = System.nanoTime() - begin;
            assertTrue(
                    slept >= asked && slept < asked + TimeUnit.SECONDS.toNanos(20),
                    "asked=" + asked + ", slept=" + slept);
        }
    }

    @Test
    void aSleepOfMoreThanASecondIsBoundedToo() {
        long begin = System.nanoTime();
        bell.await(0, TimeUnit.MILLISECONDS.toNanos(1_050));
        long slept = System.nanoTime() - begin;
        assertTrue(slept >= TimeUnit.MILLISECONDS.toNanos(1_050), "slept=" + slept);
        assertTrue(slept < TimeUnit.SECONDS.toNanos(20), "slept=" + slept);
    }

    @Test
    void noTimeIsNoSleep() {
        assertTimeoutPreemptively(DEADLINE, () -> kernel.doorbell(memory, WORD).await(0, 0));
    }

    @Test
    void anotherWordIsAnotherBell() {
        Doorbell other = kernel.doorbell(memory, WORD + 4);
        Thread sleeper = Thread.ofPlatform().start(() -> {
            long begin = System.nanoTime();
            bell.await(0, TimeUnit.MILLISECONDS.toNanos(300));
            if (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(300)) throw new AssertionError("woken");
        });
        boolean[] failed = {false};
        sleeper.setUncaughtExceptionHandler((thread, thrown) -> failed[0] = true);
        await().atMost(DEADLINE).until(() -> {
            other.wakeAll();
            return !sleeper.isAlive();
        });
        assertTrue(!failed[0], "a ring at the next word woke it");
    }

    @Test
    void aWordBeyondTheMappingIsRefused() {
        assertThrows(IndexOutOfBoundsException.class, () -> kernel.doorbell(memory, 4096));
    }
}
