package org.datahub.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.datahub.api.spi.Kernel;
import org.datahub.api.testing.ChildJvm;
import org.datahub.api.testing.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixKernelTest {
    private final PosixKernel kernel = new PosixKernel();

    @Test
    void programsWithoutAContainerFindIt() {
        assertInstanceOf(
                PosixKernel.class, ServiceLoader.load(Kernel.class).findFirst().orElseThrow());
    }

    // Clocks.

    /// Time stamps are compared between processes, of which not all are Java: the clock must be the
    /// machine's.
    @Test
    void nanosAreTheMachinesMonotonicClock() {
        Command.require(Files.isExecutable(Path.of("/usr/bin/python3")), "no /usr/bin/python3");
        for (int round = 0; round < 3; round++) {
            long before = kernel.nanos();
            long there = Long.parseLong(Command.run(
                            "/usr/bin/python3", "-c", "import time; print(time.clock_gettime_ns(time.CLOCK_MONOTONIC))")
                    .strip());
            long after = kernel.nanos();
            assertTrue(before < there && there < after, before + " < " + there + " < " + after);
        }
    }

    @Test
    void nanosAreClockGettimesNanos() {
        int monotonic = 1;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            for (int round = 0; round < 1_000; round++) {
                long before = kernel.nanos();
                Libc.clock(monotonic, time);
                long after = kernel.nanos();
                long there = time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + time.get(ValueLayout.JAVA_LONG, 8);
                assertTrue(before <= there && there <= after, before + " <= " + there + " <= " + after);
            }
        }
    }

    @Test
    void coarseNanosAreAFewMillisecondsBehindAtMost() {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 1_000; round++) {
            long before = kernel.nanos();
            long coarse = kernel.coarseNanos();
            assertTrue(coarse <= kernel.nanos(), "ahead of the exact clock");
            least = Math.min(least, before - coarse);
        }
        assertTrue(least < TimeUnit.MILLISECONDS.toNanos(15), "behind by " + least + " ns at best");
    }

    /// It is the clock of the timer tick: between two ticks, a millisecond apart at least, it
    /// stands still.
    @Test
    void coarseNanosStandStillBetweenTicks() {
        long begin = kernel.nanos();
        Set<Long> seen = new HashSet<>();
        for (int round = 0; round < 10_000; round++) seen.add(kernel.coarseNanos());
        long most = 2 + TimeUnit.NANOSECONDS.toMillis(kernel.nanos() - begin);
        assertTrue(seen.size() <= most, "values=" + seen.size() + ", most=" + most);
    }

    @Test
    void coarseNanosGoOnInEveryThread() throws InterruptedException {
        long here = kernel.coarseNanos();
        AtomicReference<Long> there = new AtomicReference<>();
        Thread thread = Thread.ofVirtual().start(() -> there.set(kernel.coarseNanos()));
        assertTrue(thread.join(Duration.ofSeconds(20)));
        assertTrue(there.get() >= here);
        assertTrue(kernel.coarseNanos() >= there.get());
    }

    // Barriers.

    @Test
    void thisProcessIsRegisteredForBothBarriers() {
        assertTrue(kernel.barriers(), "Linux 4.16 and newer");
        int registrations = 1 << 9;
        long registered = Libc.membarrier(registrations);
        if (registered >= 0) { // Linux 6.3 and newer
            long both = 1 << 2 | 1 << 4;
            assertEquals(both, registered & both, "registered=" + registered);
        }
        assertEquals(0, Libc.membarrier(2), "global expedited");
        assertEquals(0, Libc.membarrier(8), "private expedited");
        kernel.globalBarrier();
        kernel.privateBarrier();
    }

    // Views.

    @Test
    void aViewThrowsAfterItsArenaIsClosed() {
        try (Arena owner = Arena.ofConfined()) {
            MemorySegment memory = owner.allocate(4096);
            MemorySegment view;
            try (Arena scope = Arena.ofConfined()) {
                view = kernel.view(memory, 1024, 512, scope);
                view.set(ValueLayout.JAVA_LONG, 0, 42);
                assertEquals(42, memory.get(ValueLayout.JAVA_LONG, 1024));
            }
            assertThrows(IllegalStateException.class, () -> view.get(ValueLayout.JAVA_LONG, 0));
            assertThrows(IllegalStateException.class, () -> view.set(ValueLayout.JAVA_LONG, 0, 43));
            assertThrows(IllegalStateException.class, () -> view.asSlice(8).fill((byte) 1));
            assertEquals(42, memory.get(ValueLayout.JAVA_LONG, 1024), "the memory itself lives on");
        }
    }

    @Test
    void aViewCannotLeaveItsBounds() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(4096);
            MemorySegment view = kernel.view(memory, 1024, 512, arena);
            assertEquals(512, view.byteSize());
            assertThrows(IndexOutOfBoundsException.class, () -> view.get(ValueLayout.JAVA_BYTE, 512));
            assertThrows(IndexOutOfBoundsException.class, () -> view.get(ValueLayout.JAVA_BYTE, -1));
            assertThrows(IndexOutOfBoundsException.class, () -> view.asSlice(0, 513));
            assertThrows(IndexOutOfBoundsException.class, () -> kernel.view(memory, 4000, 97, arena));
            assertThrows(IndexOutOfBoundsException.class, () -> kernel.view(memory, -1, 1, arena));
            assertThrows(IndexOutOfBoundsException.class, () -> kernel.view(memory, 0, Long.MAX_VALUE, arena));
        }
    }

    @Test
    void aViewOfAReadOnlySegmentIsReadOnly() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment view = kernel.view(arena.allocate(64).asReadOnly(), 0, 32, arena);
            assertTrue(view.isReadOnly());
            assertThrows(IllegalArgumentException.class, () -> view.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
        }
    }

    @Test
    void aViewBelongsToTheThreadOfItsArena() throws InterruptedException {
        try (Arena shared = Arena.ofShared();
                Arena confined = Arena.ofConfined()) {
            MemorySegment view = kernel.view(shared.allocate(64), 0, 32, confined);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread other = Thread.ofPlatform().start(() -> {
                try {
                    view.get(ValueLayout.JAVA_BYTE, 0);
                } catch (WrongThreadException e) {
                    thrown.set(e);
                }
            });
            assertTrue(other.join(Duration.ofSeconds(20)));
            assertInstanceOf(WrongThreadException.class, thrown.get());
        }
    }

    // Identity.

    @Test
    void theIdentityIsWhatProcSays() throws IOException {
        Kernel.Identity identity = kernel.identity();
        assertEquals(ProcessHandle.current().pid(), identity.pid());
        assertEquals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"), identity.uid());
        assertEquals(identity.uid(), kernel.uid());
        assertEquals(
                "pid:[" + identity.pidNamespace() + "]",
                Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
        if (Files.isSymbolicLink(Path.of("/proc/self/ns/time"))) {
            assertEquals(
                    "time:[" + identity.timeNamespace() + "]",
                    Files.readSymbolicLink(Path.of("/proc/self/ns/time")).toString());
        } else {
            assertEquals(0, identity.timeNamespace());
        }
        assertEquals(
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(),
                new UUID(identity.bootHigh(), identity.bootLow()).toString());
    }

    @Test
    void theStartTimeIsWhenThisProcessStarted() throws IOException {
        long ticks = kernel.identity().startTicks();
        long perSecond = Long.parseLong(Command.run("getconf", "CLK_TCK").strip());
        long booted = Files.readAllLines(Path.of("/proc/stat")).stream()
                .filter(line -> line.startsWith("btime "))
                .mapToLong(line -> Long.parseLong(line.substring(6)))
                .findFirst()
                .orElseThrow();
        Instant said = Instant.ofEpochSecond(booted + ticks / perSecond);
        Instant started = ProcessHandle.current().info().startInstant().orElseThrow();
        assertTrue(Duration.between(said, started).abs().toSeconds() <= 2, said + " is not " + started);
    }

    /// Prints its identity.
    static final class Introduction {
        public static void main(String[] arguments) {
            Kernel.Identity identity = new PosixKernel().identity();
            System.out.println(identity.pid() + " " + identity.startTicks());
        }
    }

    @Test
    void aProgramsNameMayHoldBlanksAndBrackets(@TempDir Path folder) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin/java");
        Path odd = Files.createSymbolicLink(folder.resolve("j) S (1 2"), java);
        ProcessBuilder named = new ProcessBuilder(odd.toString());
        try (ChildJvm child = ChildJvm.start(named, ChildJvm.NATIVE, Introduction.class)) {
            String[] said = child.line().split(" ");
            assertEquals(child.pid(), Long.parseLong(said[0]));
            assertTrue(Long.parseLong(said[1]) >= kernel.identity().startTicks(), "a child is younger");
        } finally {
            Files.delete(odd);
        }
    }
}
