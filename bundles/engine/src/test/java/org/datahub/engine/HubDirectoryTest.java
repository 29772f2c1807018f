package org.datahub.engine;

import static org.datahub.engine.Refusals.assertNames;
import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.ErrorCode;
import org.datahub.api.HubOptions;
import org.datahub.api.Next;
import org.datahub.api.spi.KernelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Deadline
class HubDirectoryTest {
    static final int NOBODY = 65534;

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    private void assertDistrusted(Path path, String why) {
        assertNames(
                assertRefused(ErrorCode.HUB_DIRECTORY, () -> HubDirectory.open(hub.kernel, path)), "path=" + path, why);
    }

    private Path below(int mode) throws IOException {
        Path made = Files.createDirectory(hub.path().resolve("hub"));
        Files.setAttribute(made, "unix:mode", mode);
        return made;
    }

    @Test
    void aDirectoryThatIsNotThereIsNotMade() {
        assertDistrusted(hub.path().resolve("absent"), "does not exist");
        assertDistrusted(hub.path().resolve("absent/below"), "does not exist");
        assertTrue(hub.everything().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {0777, 0770, 0720, 0702, 01777, 02770, 03777})
    void aDirectoryThatOthersMayWriteIsRefused(int mode) throws IOException {
        assertDistrusted(below(mode), "mode=" + Integer.toOctalString(mode));
    }

    @ParameterizedTest
    @ValueSource(ints = {0700, 0750, 0755, 02750})
    void aDirectoryThatOnlyItsOwnerMayWriteIsTaken(int mode) throws IOException {
        Path path = below(mode);
        try (HubDirectory opened = HubDirectory.open(hub.kernel, path)) {
            assertEquals(path, opened.path());
        }
    }

    @Test
    void aSharedDirectoryIsTakenWhereItWasChosen() throws IOException {
        HubDirectory.open(hub.kernel, below(03770)).close();
    }

    @Test
    void aLinkIsRefusedThoughItLeadsToAGoodDirectory() throws IOException {
        Path link = Files.createSymbolicLink(hub.path().resolve("link"), below(0700));
        assertDistrusted(link, "symbolic link");
    }

    @Test
    void aRegularFileIsRefused() throws IOException {
        assertDistrusted(Files.createFile(hub.path().resolve("file")), "no directory");
    }

    @Test
    void anotherUsersDirectoryIsRefused() throws IOException {
        Path path = below(0700);
        assumeTrue(hub.kernel.uid() == 0, "only root can give a directory away");
        Files.setAttribute(path, "unix:uid", NOBODY);
        assertDistrusted(path, "owner=" + NOBODY + ", caller=0");
    }

    @Test
    void aDirectoryThatCanNotBeOpenedIsRefusedWithTheReason() {
        hub.kernel.fault = (call, name) -> KernelException.EACCES;
        assertDistrusted(hub.path(), "no permission");
        hub.kernel.fault = (call, name) -> KernelException.EMFILE;
        assertDistrusted(hub.path(), "EMFILE");
    }

    @Test
    void theDefaultDirectoryIsMadeForItsUserAloneAndNeverShared() throws IOException {
        assumeTrue(System.getenv("DATAHUB_DIR") == null);
        hub.kernel.uid = 1_900_000_000 + (int) (ProcessHandle.current().pid() % 1_000_000);
        Path path = Path.of("/dev/shm/datahub-" + hub.kernel.uid);
        try {
            assertNames(
                    assertRefused(ErrorCode.HUB_DIRECTORY, () -> HubDirectory.open(hub.kernel, null)),
                    "path=" + path,
                    "owner=" + TestKernel.REAL.uid());
            assertEquals(PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(path));
            Files.setAttribute(path, "unix:mode", 03770);
            assertRefused(ErrorCode.HUB_DIRECTORY, () -> HubDirectory.open(hub.kernel, null));
        } finally {
            Files.deleteIfExists(path);
        }
    }

    @Test
    void blocksAreTheDirectoriesWithTheNameOfABlock() throws IOException {
        Files.createDirectory(hub.path().resolve("b"));
        Files.createDirectory(hub.path().resolve("a"));
        Files.createDirectory(hub.path().resolve(".tmp-1"));
        Files.createDirectory(hub.path().resolve("c\033[2J\nd")); // no block can have such a name
        Files.createFile(hub.path().resolve("file"));
        Files.createSymbolicLink(hub.path().resolve("link"), hub.path().resolve("a"));
        assertEquals(List.of("a", "b"), hub.hub().list());
    }

    @Test
    void hubsThatOpenAndCloseAtTheSameTimeDisturbNobody() {
        hub.hub().declare(BlockSpec.named("b").slots(3).slotBytes(8).participants(16));
        List<Background<Integer>> programs = new ArrayList<>();
        for (int program = 0; program < 4; program++) {
            programs.add(Background.run(() -> {
                for (int round = 0; round < 30; round++) {
                    try (var opened = new LibraryHubFactory()
                                    .open(HubOptions.defaults().directory(hub.path()));
                            var in = opened.attach("b", ConsumerSpec.lossless())) {
                        assertEquals(Next.TIMEOUT, in.next(Duration.ZERO));
                        opened.close(); // under its own handle; closing either again is nothing
                        assertRefused(ErrorCode.HANDLE_CLOSED, () -> in.next(Duration.ZERO));
                    }
                }
                return 0;
            }));
        }
        programs.forEach(Background::result);
        assertTrue(hub.hub().info("b").rows().isEmpty());
    }

    @Test
    void aLibraryOpensTheDirectoryThatItIsGiven() {
        try (var opened = new LibraryHubFactory()
                .open(HubOptions.defaults().directory(hub.path()).label("tool"))) {
            assertEquals(hub.path(), opened.directory());
            opened.create(org.datahub.api.BlockSpec.named("b").slots(3).slotBytes(8));
            assertEquals("tool", opened.info("b").producer().label());
        }
        assertTrue(hub.hub().info("b").ended());
    }
}
