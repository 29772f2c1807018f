package org.datahub.engine;

import static org.datahub.engine.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Deadline
class BlockNameTest {
    @RegisterExtension
    final HubFixture hub = new HubFixture();

    static Stream<String> badNames() {
        return Stream.of(
                "",
                ".",
                "..",
                ".hidden",
                ".tmp-1",
                "/",
                "/etc/passwd",
                "a/b",
                "../b",
                "a/",
                "nul\0l",
                "\0",
                "line\nbreak",
                "tab\t",
                "escape\033[31m",
                "delete\177",
                "c1\u0085",
                "half \ud800 pair",
                "x".repeat(256),
                "é".repeat(128),
                "x".repeat(100_000));
    }

    @ParameterizedTest
    @MethodSource("badNames")
    void aNameThatCanBeNoNameIsRefusedByEveryCall(String name) {
        for (Executable call : List.<Executable>of(
                () -> hub.hub().create(BlockSpec.named(name).slotBytes(8)),
                () -> hub.hub().declare(BlockSpec.named(name).slotBytes(8)),
                () -> hub.hub().attach(name, ConsumerSpec.lossless()),
                () -> hub.hub().info(name),
                () -> hub.hub().remove(name))) {
            DataHubException refusal = assertRefused(ErrorCode.BLOCK_NAME, call);
            assertTrue(refusal.getMessage().length() < 400, refusal.getMessage());
            assertTrue(refusal.getMessage().chars().noneMatch(Character::isISOControl), refusal.getMessage());
        }
        assertTrue(hub.everything().isEmpty());
    }

    static Stream<String> goodNames() {
        return Stream.of(
                "a",
                "camera",
                "Camera 1",
                "a.b..c",
                "-rf",
                "~",
                "*",
                "$(reboot)",
                "'",
                "ünïcödé",
                "😀",
                "lock",
                "x".repeat(255),
                "é".repeat(127));
    }

    @ParameterizedTest
    @MethodSource("goodNames")
    void anyOtherTextIsAName(String name) {
        hub.hub().create(BlockSpec.named(name).slots(3).slotBytes(8)).close();
        assertEquals(List.of(name), hub.hub().list());
        assertEquals(name, hub.hub().info(name).name());
        hub.hub().attach(name, ConsumerSpec.lossless()).close();
        hub.hub().remove(name);
        assertTrue(hub.everything().isEmpty());
    }
}
