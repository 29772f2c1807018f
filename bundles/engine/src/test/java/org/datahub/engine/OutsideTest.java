package org.datahub.engine;

import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.Reservation;
import org.datahub.api.spi.SegmentAllocator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Data segments that live outside the block's directory.
@Deadline
class OutsideTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    @TempDir
    private Path place;

    private final BlockSpec spec =
            BlockSpec.named("b").slots(3).slotBytes(64).participants(4).allocator("outside");
    private final Outside outside = new Outside();

    @BeforeEach
    void add() {
        hub.providers.add(outside, 0);
    }

    @Test
    void aBlockWorksAsAnyOther() {
        try (DataBlockProducer out = hub.hub().create(spec);
                DataBlockConsumer in =
                        hub.open("other").attach("b", ConsumerSpec.observer().from(StartFrom.OLDEST))) {
            out.write(tx -> tx.user(42).length(0));
            assertEquals(Next.SLOT, in.read(Duration.ofSeconds(1), slot -> assertEquals(42, slot.user())));
        }
        assertEquals(List.of("1"), segments());
        assertFalse(Files.exists(hub.file("b", "data.1")));
    }

    @Test
    void whatWasGotIsTold() {
        BlockInfo info = hub.hub().declare(spec);
        assertEquals(1 << 16, info.pageBytes());
        assertEquals("half of it", info.memoryRemark());
        assertEquals(1 << 16, info.dataBytes(), "in whole pages");
    }

    @Test
    void aRemovedBlockTakesItsSegmentWithIt() {
        hub.hub().declare(spec);
        hub.hub().remove("b");
        assertEquals(List.of(), segments());
    }

    @Test
    void aBlockWhoseAllocatorIsAwayIsNotRemoved() {
        hub.hub().declare(spec);
        hub.providers.remove(outside);
        assertRefused(ErrorCode.ALLOCATOR_MISSING, () -> hub.hub().remove("b"));
        assertEquals(List.of("b"), hub.everything());
        assertEquals(List.of("1"), segments());
    }

    @Test
    void aBuilderThatFailsLeavesNothing() {
        hub.kernel.fault = (call, name) -> call.equals("rename") ? 13 : 0;
        assertRefused(ErrorCode.PERMISSION, () -> hub.hub().declare(spec));
        assertEquals(List.of(), segments());
        assertEquals(List.of(), hub.everything());
    }

    /// It died before the segment was whole.
    private static final class Dies extends Error {
        private static final long serialVersionUID = 1;
    }

    @Test
    void whatADeadBuilderMadeIsSweptByTheNextOne() throws IOException {
        Path copy = dead();
        assertEquals(List.of("1"), segments());
        hub.hub().declare(BlockSpec.named("c").slots(3).slotBytes(8));
        assertEquals(List.of("c"), hub.everything());
        assertEquals(List.of(), segments());
        assertFalse(Files.exists(copy));
    }

    @Test
    void whatADeadBuilderMadeStaysUntilItsAllocatorIsThere() throws IOException {
        dead();
        hub.providers.remove(outside);
        hub.hub().declare(BlockSpec.named("c").slots(3).slotBytes(8));
        assertEquals(2, hub.everything().size());
        assertEquals(List.of("1"), segments());
        hub.providers.add(outside, 0);
        hub.hub().declare(BlockSpec.named("d").slots(3).slotBytes(8));
        assertEquals(List.of("c", "d"), hub.everything());
        assertEquals(List.of(), segments());
    }

    /// As a builder leaves it that is killed when its segment stands: copied in that moment.
    private Path dead() throws IOException {
        Path copy = hub.path().resolve(".tmp-dead");
        outside.made = () -> {
            try {
                Path building;
                try (var names = Files.list(hub.path())) {
                    building = names.filter(
                                    each -> each.getFileName().toString().startsWith(".tmp-"))
                            .findFirst()
                            .orElseThrow();
                }
                Files.createDirectory(copy);
                for (String file : List.of("lock", "state", "control")) {
                    Files.copy(building.resolve(file), copy.resolve(file));
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            throw new Dies();
        };
        outside.keep = true;
        assertThrows(Dies.class, () -> hub.hub().declare(spec));
        outside.keep = false;
        outside.made = () -> {};
        return copy;
    }

    private List<String> segments() {
        try (var files = Files.list(place)) {
            return files.filter(each -> Files.exists(each.resolve("data.1")))
                    .map(each -> each.getFileName().toString())
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private final class Outside implements SegmentAllocator {
        private int count;
        private boolean keep;
        private Runnable made = () -> {};

        @Override
        public String name() {
            return "outside";
        }

        @Override
        public long pageBytes() {
            return 1 << 16;
        }

        @Override
        public String locator() {
            return place.resolve("" + ++count).toString();
        }

        @Override
        public Allocation allocate(Directory block, String locator, String file, long bytes) {
            TestKernel.REAL.makeDirectory(Path.of(locator), 0700);
            try (Directory there = TestKernel.REAL.openDirectory(Path.of(locator))) {
                NativeFile segment = Reservation.reserved(there, file, (bytes + 65535) / 65536 * 65536);
                made.run();
                return new Allocation(segment, locator, 65536, "half of it");
            }
        }

        @Override
        public NativeFile open(Directory block, String locator, String file, boolean writable) {
            try (Directory there = TestKernel.REAL.openDirectory(Path.of(locator))) {
                return there.open(file, writable);
            }
        }

        @Override
        public void release(Directory block, String locator, String file) {
            if (keep || Files.notExists(Path.of(locator))) return;
            try (Directory there = TestKernel.REAL.openDirectory(Path.of(locator))) {
                there.unlink(file);
            }
            assertTrue(Path.of(locator).toFile().delete());
        }
    }
}
