package org.datahub.engine;

import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.ControlLayout;
import org.datahub.api.layout.DataLayout;
import org.datahub.api.layout.GenerationEntry;
import org.datahub.api.layout.StateLayout;
import org.datahub.api.layout.Wire;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Deadline
class DamagedFilesTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private final BlockSpec spec = BlockSpec.named("b").slots(3).slotBytes(64).participants(4);

    @BeforeEach
    void makeBlock() {
        try (DataBlockProducer out = hub.hub().create(spec)) {
            out.write(tx -> tx.length(1));
        }
    }

    /// Every call that opens the block says what is wrong; the block can be removed and made anew
    /// all the same.
    private void assertRefusedEverywhere(ErrorCode code, String... words) {
        for (Executable call : List.<Executable>of(
                () -> hub.hub().create(spec),
                () -> hub.hub().declare(spec),
                () -> hub.hub().attach("b", ConsumerSpec.lossless()),
                () -> hub.hub().attach("b", ConsumerSpec.observer()),
                () -> hub.hub().info("b"))) {
            assertNames(assertRefused(code, call), words);
        }
        hub.hub().remove("b");
        assertTrue(hub.everything().isEmpty(), () -> "left behind: " + hub.everything());
        hub.hub().create(spec).close();
    }

    /// What may be found in place of a file.
    enum Damage {
        MISSING,
        EMPTY,
        CUT_IN_HALF,
        CUT_BY_A_BYTE,
        LONGER_BY_A_PAGE,
        RANDOM_BYTES,
        A_DIRECTORY,
        A_FIFO,
        A_LINK_TO_NOTHING,
        A_LINK_TO_A_COPY;

        void happensTo(Path file) throws Exception {
            if (this == EMPTY || this == CUT_IN_HALF || this == CUT_BY_A_BYTE || this == LONGER_BY_A_PAGE) {
                try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                    open.setLength(
                            switch (this) {
                                case EMPTY -> 0;
                                case CUT_IN_HALF -> open.length() / 2;
                                case CUT_BY_A_BYTE -> open.length() - 1;
                                default -> open.length() + 4096;
                            });
                }
                return;
            }
            if (this == RANDOM_BYTES) {
                byte[] bytes = new byte[(int) Files.size(file)];
                new Random(7).nextBytes(bytes);
                Files.write(file, bytes);
                return;
            }
            Path copy = file.resolveSibling("../copy");
            if (this == A_LINK_TO_A_COPY) Files.copy(file, copy);
            Files.delete(file);
            switch (this) {
                case A_DIRECTORY -> Files.createDirectory(file);
                case A_FIFO ->
                    assertEquals(
                            0,
                            new ProcessBuilder("mkfifo", file.toString())
                                    .start()
                                    .waitFor());
                case A_LINK_TO_NOTHING -> Files.createSymbolicLink(file, file.resolveSibling("absent"));
                case A_LINK_TO_A_COPY -> Files.createSymbolicLink(file, copy);
                default -> {}
            }
        }
    }

    static Stream<Arguments> damages() {
        Stream<Arguments> mapped = Stream.of("state", "control", "data.1")
                .flatMap(file -> Stream.of(Damage.values()).map(damage -> Arguments.of(file, damage)));
        Stream<Arguments> lock = Stream.of(
                        Damage.MISSING,
                        Damage.A_DIRECTORY,
                        Damage.A_FIFO,
                        Damage.A_LINK_TO_NOTHING,
                        Damage.A_LINK_TO_A_COPY)
                .map(damage -> Arguments.of("lock", damage));
        return Stream.concat(mapped, lock);
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aFileThatIsNotWhatItMustBeIsRefusedByName(String file, Damage damage) throws Exception {
        damage.happensTo(hub.file("b", file));
        if (damage == Damage.A_LINK_TO_A_COPY) {
            assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().info("b"));
            Files.delete(hub.path().resolve("copy"));
        }
        assertRefusedEverywhere(ErrorCode.FILE_INVALID, file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"state", "control", "data.1", "lock"})
    void aFileOfAnotherOwnerIsRefused(String file) throws IOException {
        assumeTrue(hub.kernel.uid() == 0, "only root can give a file away");
        Files.setAttribute(hub.file("b", file), "unix:uid", HubDirectoryTest.NOBODY);
        assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().attach("b", ConsumerSpec.lossless()));
        assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().create(spec));
    }

    private static Arguments number(String file, long offset, long value, String word) {
        return Arguments.of(file, offset, 8, value, ErrorCode.FILE_INVALID, word);
    }

    private static Arguments half(String file, long offset, int value, String word) {
        return Arguments.of(file, offset, 4, (long) value, ErrorCode.FILE_INVALID, word);
    }

    private static Arguments layout(String file, long offset, int bytes, long value) {
        return Arguments.of(file, offset, bytes, value, ErrorCode.LAYOUT_VERSION, "this program");
    }

    static Stream<Arguments> contradictions() {
        long entry = StateLayout.generation(0);
        return Stream.of(
                number("state", StateLayout.MAGIC, Long.reverseBytes(StateLayout.MAGIC_WORD), "byte order"),
                number("state", StateLayout.MAGIC, 0, "magic=0"),
                layout("state", StateLayout.LAYOUT_VERSION, 4, 2 << 16),
                layout("state", StateLayout.LAYOUT_VERSION, 4, 0),
                layout("state", StateLayout.BYTE_ORDER, 4, Integer.reverseBytes(Wire.BYTE_ORDER)),
                layout("state", StateLayout.LAYOUT_HASH, 8, Wire.layoutHash() + 1),
                number("state", StateLayout.STATE_BYTES, 8192, "state_bytes"),
                number("state", StateLayout.BLOCK_ID_HIGH, 5, "another block"),
                number("state", StateLayout.BLOCK_ID_LOW, 5, "another block"),
                number("state", StateLayout.CONTROL_BYTES, 1 << 20, "control_bytes"),
                number("state", StateLayout.CONTROL_BYTES, -1, "control_bytes"),
                half("state", StateLayout.SYNC_POLICY, 3, "SyncPolicy=3"),
                half("state", StateLayout.SYNC_POLICY, -1, "SyncPolicy=-1"),
                half("state", StateLayout.SYNC_POLICY, 0x10000, "SyncPolicy"),
                half("state", StateLayout.BUFFER_POLICY, 3, "BufferPolicy=3"),
                half("state", StateLayout.ROWS, 0, "rows=0"),
                half("state", StateLayout.ROWS, 1025, "rows=1025"),
                half("state", StateLayout.ROWS, -1, "rows=-1"),
                half("state", StateLayout.ROWS, 5, "too short"),
                half("state", StateLayout.ROWS, 3, "rows"),
                half("state", StateLayout.PINS_PER_ROW, 0, "pins_per_row=0"),
                half("state", StateLayout.PINS_PER_ROW, 17, "pins_per_row=17"),
                half("state", StateLayout.TIMESTAMPS, 3, "Timestamps=3"),
                half("state", StateLayout.INTEGRITY_MODE, 2, "IntegrityMode=2"),
                half("state", StateLayout.NAME_BYTES, 0, "another block"),
                half("state", StateLayout.NAME_BYTES, -1, "another block"),
                half("state", StateLayout.NAME_BYTES, Integer.MAX_VALUE, "another block"),
                number("state", entry + GenerationEntry.NUMBER, 0, "no data segment"),
                number("state", entry + GenerationEntry.NUMBER, 2, "data.2"),
                number("state", entry + GenerationEntry.NUMBER, -1, "data.-1"),
                half("state", entry + GenerationEntry.PHASE, GenerationEntry.BUILDING, "no data segment"),
                number("state", entry + GenerationEntry.DATA_BYTES, 4096, "data_bytes"),
                number("state", entry + GenerationEntry.DATA_BYTES, -1, "data_bytes"),
                number("control", ControlLayout.MAGIC, 0, "magic=0"),
                layout("control", ControlLayout.LAYOUT_VERSION, 4, 7 << 16),
                layout("control", ControlLayout.BYTE_ORDER, 4, 0),
                layout("control", ControlLayout.LAYOUT_HASH, 8, 0),
                number("control", ControlLayout.CONTROL_BYTES, 4096, "control_bytes"),
                number("control", ControlLayout.BLOCK_ID_HIGH, 5, "another block"),
                number("control", ControlLayout.BLOCK_ID_LOW, 5, "another block"),
                number("control", ControlLayout.ROWS_OFFSET, 2048, "rows_offset"),
                half("control", ControlLayout.ROWS, 3, "rows"),
                half("control", ControlLayout.ROW_BYTES, 512, "row_bytes"),
                number("data.1", DataLayout.MAGIC, 0, "magic=0"),
                layout("data.1", DataLayout.LAYOUT_VERSION, 4, -1),
                layout("data.1", DataLayout.BYTE_ORDER, 4, 0),
                layout("data.1", DataLayout.LAYOUT_HASH, 8, 1),
                number("data.1", DataLayout.DATA_BYTES, 0, "data_bytes"),
                number("data.1", DataLayout.BLOCK_ID_HIGH, 5, "another block"),
                number("data.1", DataLayout.BLOCK_ID_LOW, 5, "another block"),
                number("data.1", DataLayout.GENERATION, 2, "generation"),
                number("data.1", DataLayout.CAPACITY, 0, "capacity=0"),
                number("data.1", DataLayout.CAPACITY, -3, "capacity=-3"),
                number("data.1", DataLayout.CAPACITY, 4, "cells"),
                number("data.1", DataLayout.CAPACITY, 1L << 40, "cells"),
                number("data.1", DataLayout.CAPACITY, Long.MAX_VALUE, "capacity="),
                number("data.1", DataLayout.BATCH, 0, "batch=0"),
                number("data.1", DataLayout.BATCH, 4, "batch=4"),
                number("data.1", DataLayout.CELLS, 5, "cells"),
                number("data.1", DataLayout.CELLS, -1, "cells"),
                number("data.1", DataLayout.SLOT_BYTES, 0, "slot_bytes=0"),
                number("data.1", DataLayout.SLOT_BYTES, 1L << 31, "slot_bytes="),
                number("data.1", DataLayout.SLOT_BYTES, 4096, "stride"),
                number("data.1", DataLayout.ALIGN, 0, "align=0"),
                number("data.1", DataLayout.ALIGN, 96, "align=96"),
                number("data.1", DataLayout.ALIGN, 8192, "align=8192"),
                number("data.1", DataLayout.FIRST_PAYLOAD, 0, "first_payload"),
                number("data.1", DataLayout.STRIDE, 64, "stride"),
                number("data.1", DataLayout.STRIDE, -128, "stride"),
                number("data.1", DataLayout.TAG_OFFSET, 0, "tag_offset"),
                half("data.1", DataLayout.DISCIPLINE, 2, "discipline"));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void aHeaderThatContradictsTheFilesIsRefused(
            String file, long offset, int bytes, long value, ErrorCode code, String word) throws IOException {
        if (bytes == 8) hub.poke("b", file, offset, value);
        else hub.pokeInt("b", file, offset, (int) value);
        assertRefusedEverywhere(code, word);
    }

    @ParameterizedTest
    @ValueSource(strings = {"state", "control", "data.1"})
    void aNewerMinorVersionIsTaken(String file) throws IOException {
        hub.pokeInt("b", file, 8, Wire.VERSION + 9);
        hub.hub().create(spec).close();
        hub.hub().attach("b", ConsumerSpec.lossless()).close();
    }

    @Test
    void anAllocatorThatIsNotThereIsNamed() throws IOException {
        hub.poke("b", "state", StateLayout.generation(0) + GenerationEntry.ALLOCATOR, new byte[] {'x', 'y', 'z'});
        assertNames(assertRefused(ErrorCode.ALLOCATOR_MISSING, () -> hub.hub().create(spec)), "allocator=xyz");
    }

    @Test
    void anotherBlocksFilesUnderThisNameAreRefused() throws IOException {
        hub.hub().declare(BlockSpec.named("other").slots(3).slotBytes(64).participants(4));
        for (String file : List.of("state", "control", "data.1", "lock")) {
            Files.write(hub.file("b", file), Files.readAllBytes(hub.file("other", file)));
        }
        hub.hub().remove("other");
        assertRefusedEverywhere(ErrorCode.FILE_INVALID, "name=other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"control", "data.1"})
    void oneFileOfAnotherBlockIsRefused(String file) throws IOException {
        hub.hub().declare(BlockSpec.named("other").slots(3).slotBytes(64).participants(4));
        Files.write(hub.file("b", file), Files.readAllBytes(hub.file("other", file)));
        assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().create(spec));
        hub.hub().remove("other");
        assertRefusedEverywhere(ErrorCode.FILE_INVALID, "another block");
    }

    @Test
    void aBlockThatIsNoDirectoryIsRefused() throws IOException {
        Files.createFile(hub.path().resolve("file"));
        Files.createSymbolicLink(hub.path().resolve("link"), hub.path().resolve("b"));
        for (String name : List.of("file", "link")) {
            assertRefused(
                    ErrorCode.FILE_INVALID,
                    () -> hub.hub().create(BlockSpec.named(name).slotBytes(8)));
            assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().attach(name, ConsumerSpec.lossless()));
            assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().info(name));
            assertRefused(ErrorCode.FILE_INVALID, () -> hub.hub().remove(name));
            assertTrue(Files.exists(hub.path().resolve(name)));
        }
    }

    @Test
    void anEmptyDirectoryIsRefusedAndCanBeRemoved() throws IOException {
        hub.hub().remove("b");
        Files.createDirectory(hub.path().resolve("b"));
        assertRefusedEverywhere(ErrorCode.FILE_INVALID, "state");
    }

    @Test
    void textInTheStateIsShownWhateverItIs() throws IOException {
        hub.pokeInt("b", "state", StateLayout.LABEL_BYTES, Integer.MAX_VALUE);
        byte[] rubbish = new byte[64];
        java.util.Arrays.fill(rubbish, (byte) 0xff);
        hub.poke("b", "state", StateLayout.LABEL, rubbish);
        assertEquals(64, hub.hub().info("b").producer().label().length());
        hub.pokeInt("b", "state", StateLayout.LABEL_BYTES, -5);
        assertEquals("", hub.hub().info("b").producer().label());
    }

    @Test
    void randomHeadersNeverLeadOutOfTheFiles() throws IOException {
        Random random = new Random(42);
        byte[] goodState = Files.readAllBytes(hub.file("b", "state"));
        byte[] goodData = Files.readAllBytes(hub.file("b", "data.1"));
        int opened = 0;
        for (int round = 0; round < 1500; round++) {
            boolean state = random.nextBoolean();
            int at = random.nextInt(8, state ? 2048 + 512 : 648) & ~3;
            int value = switch (random.nextInt(4)) {
                case 0 -> random.nextInt();
                case 1 -> random.nextInt(8);
                case 2 -> 1 << random.nextInt(32);
                default -> -1;
            };
            hub.pokeInt("b", state ? "state" : "data.1", at, value);
            try {
                hub.hub().info("b");
                hub.hub().attach("b", ConsumerSpec.observer()).close();
                hub.hub().create(spec).close();
                opened++;
            } catch (DataHubException e) {
                assertTrue(
                        List.of(
                                        ErrorCode.FILE_INVALID,
                                        ErrorCode.LAYOUT_VERSION,
                                        ErrorCode.ALLOCATOR_MISSING,
                                        ErrorCode.BLOCK_NOT_FOUND,
                                        ErrorCode.GEOMETRY_REFUSED)
                                .contains(e.code()),
                        e.getMessage());
            }
            if (!Files.exists(hub.file("b", "state"))) throw new AssertionError("the block went away");
            hub.poke("b", "state", 0, goodState);
            hub.poke("b", "data.1", 0, goodData);
        }
        assertTrue(opened > 0);
    }
}
