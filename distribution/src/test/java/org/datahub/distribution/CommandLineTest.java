package org.datahub.distribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.datahub.api.BlockSpec;
import org.datahub.api.DataHub;
import org.datahub.api.ErrorCode;
import org.datahub.api.HubOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Commands on a real hub directory, in this process.
class CommandLineTest {
    private final TestTerminal terminal = new TestTerminal();

    @TempDir
    private Path directory;

    @BeforeEach
    void onlyWeMayWriteTheHubDirectory() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    private int run(String line) {
        return run(line.split(" "));
    }

    private int run(String... words) {
        String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--hub";
        all[words.length + 1] = directory.toString();
        return terminal.run(all);
    }

    private static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(42).nextBytes(content);
        return content;
    }

    @Test
    void whatIsPublishedCanBeTappedUntilItsEnd() {
        byte[] content = random(10_001);
        terminal.in(content);
        assertEquals(0, run("pub cam --from - --slot-bytes 1KB --slots 16"));
        assertEquals(0, run("tap cam --raw"));
        assertArrayEquals(content, terminal.out());
    }

    @Test
    void whoNamesAKeyMeansIt() {
        String key = directory.resolve(".key").toString();
        assertEquals(0, terminal.run("key", "new", key));
        terminal.in(random(8));
        assertEquals(2, run("pub", "cam", "--from", "-", "--slot-bytes", "8", "--key-file", key));
        assertTrue(terminal.errLines().get(1).contains("--key-file is for --integrity hmac-sha256 or blake2b-256"));
        assertEquals(0, run("pub cam --from - --slot-bytes 8"));
        assertEquals(8, run("tap", "cam", "--raw", "--key-file", key)); // a CRC does not tell who wrote
        assertEquals(0, run("tap", "cam", "--raw", "--key-file", key, "--accept", "crc32c"));
    }

    @Test
    void anInputThatFailsIsNoOrdinaryEnd() {
        assertEquals(1, run("pub cam --from /proc/self/mem --slot-bytes 8"));
        assertEquals(0, run("tap cam --raw"));
        assertEquals(List.of("datahub: the stream ended: reason=failed"), terminal.errLines());
    }

    @Test
    void whatOthersCallThemselvesCanNotSteerTheTerminal() {
        HubOptions other = HubOptions.defaults().directory(directory).label("\033[2J\nrow");
        try (DataHub hub = DataHub.open(other)) {
            hub.create(BlockSpec.named("cam").slotBytes(8)).close("\033[31mred\n");
        }
        assertEquals(0, run("tap cam"));
        for (String line : terminal.errLines()) assertEquals(line.replaceAll("\\p{Cc}", "?"), line);
        assertEquals(0, run("info cam"));
        for (String line : terminal.outLines()) assertEquals(line.replaceAll("\\p{Cc}", "?"), line);
        assertTrue(terminal.outLines().stream().anyMatch(line -> line.contains("label=\ufffd[2J\ufffdrow")));
    }

    @Test
    void aTapAndAnInfoSayWhyTheStreamEnded() throws IOException {
        terminal.in("abc".getBytes());
        assertEquals(0, run("pub cam --from - --slot-bytes 1"));
        assertEquals(0, run("tap cam --raw"));
        assertTrue(
                terminal.errLines().contains("datahub: the stream ended: reason=end of input"),
                terminal.errLines()::toString);
        assertArrayEquals("abc".getBytes(), terminal.out());
        assertEquals(0, run("info cam"));
        assertTrue(
                terminal.outLines().stream()
                        .anyMatch(line -> line.endsWith("next=3, oldest=0, ended=true, reason=end of input")),
                terminal.outLines()::toString);
        assertEquals(0, run("info cam --json"));
        assertEquals(
                "end of input",
                Json.read(terminal.outLines().getLast()).get("end_reason").asText());
    }

    @Test
    void theLastSlotIsAsLongAsWhatWasLeft() throws IOException {
        terminal.in(random(2_500));
        assertEquals(0, run("pub cam --from - --slot-bytes 1KB"));
        assertEquals(0, run("tap cam --json"));
        List<String> lines = terminal.outLines();
        assertEquals(3, lines.size());
        assertEquals(500, Json.read(lines.getLast()).get("length").asInt());
    }

    @Test
    void theNextPublisherContinuesTheNumbersWithTheBlocksGeometry() throws IOException {
        terminal.in(random(100));
        assertEquals(0, run("pub cam --from - --slot-bytes 10"));
        assertEquals(0, run("pub cam --from -"));
        assertEquals(0, run("info cam --json"));
        JsonNode info = Json.read(terminal.outLines().getFirst());
        assertEquals(20, info.get("next").asInt());
        assertEquals(2, info.get("incarnation").asInt());
        assertTrue(info.get("ended").asBoolean());
    }

    @Test
    void infoTellsTheZonesAndTheHashesOfTheirSchemas() throws IOException {
        String hash = "0f".repeat(32);
        try (DataHub hub = DataHub.open(HubOptions.defaults().directory(directory))) {
            hub.declare(BlockSpec.named("cam")
                    .slotBytes(8)
                    .zone("setup", 64, 2, hash)
                    .zone("flags", 0, 1));
        }
        assertEquals(0, run("info cam --json"));
        JsonNode zones = Json.read(terminal.outLines().getFirst()).get("zones");
        assertEquals("setup", zones.get(0).get("name").asText());
        assertEquals(hash, zones.get(0).get("schema_hash").asText());
        assertEquals("", zones.get(1).get("schema_hash").asText());
        assertEquals(0, run("info cam"));
        assertTrue(
                terminal.outLines().stream()
                        .anyMatch(line -> line.matches("zone setup +bytes=64, fields=2, schema hash=" + hash)),
                terminal.outLines()::toString);
    }

    @Test
    void infoTellsTheStateOfEachSlot() throws IOException {
        terminal.in("0123456789".getBytes());
        assertEquals(0, run("pub cam --from - --slot-bytes 4 --slots 3"));
        assertEquals(0, run("info cam"));
        assertTrue(
                terminal.outLines().stream()
                        .anyMatch(line -> line.matches("states +free=1, writing=0, committed=3, draining=0")),
                terminal.outLines()::toString);
        assertEquals(0, run("info cam --json"));
        JsonNode states = Json.read(terminal.outLines().getLast()).get("slot_states");
        assertEquals(3, states.get("committed").asInt());
        assertEquals(0, run("info cam --slots"));
        List<String> lines = terminal.outLines();
        assertEquals(
                List.of("2     committed  2     2       -", "3     free       -     -       -"),
                lines.subList(lines.size() - 2, lines.size()));
        assertEquals(0, run("info cam --slots --json"));
        JsonNode slot = Json.read(terminal.outLines().get(terminal.outLines().size() - 2));
        assertEquals("COMMITTED", slot.get("state").asText());
        assertEquals(2, slot.get("number").asInt());
        assertEquals(0, slot.get("holders").size());
    }

    @Test
    void aStateBlockShowsItsNewestSlot() {
        terminal.in("onetwo".getBytes());
        assertEquals(0, run("pub state --from - --slot-bytes 3 --policy latest_only --slots 1"));
        assertEquals(0, run("tap state --raw"));
        assertArrayEquals("two".getBytes(), terminal.out());
    }

    @Test
    void slotsThatAreNotSealedAreTakenOnlyWhenNamed() {
        terminal.in("abc".getBytes());
        assertEquals(0, run("pub cam --from - --slot-bytes 3 --integrity none"));
        assertEquals(8, run("tap cam --raw"));
        assertEquals("DH-7002", terminal.errLines().getFirst().substring(0, 7));
        assertEquals(0, run("tap cam --raw --accept none,crc32c"));
        assertArrayEquals("abc".getBytes(), terminal.out());
    }

    @Test
    void publishingToNobodySaysHowManySlotsNobodySaw() {
        terminal.in("abc".getBytes());
        assertEquals(0, run("pub cam --from - --slot-bytes 1"));
        String said = String.join("\n", terminal.errLines());
        assertTrue(said.contains("no lossless consumer saw 3 of these slots"), said);
        assertTrue(said.contains("--wait-consumers"), said);
    }

    @Test
    void otherGeometryIsRefusedAndNamesTheWayOut() {
        terminal.in("abc".getBytes());
        assertEquals(0, run("pub cam --from - --slot-bytes 3"));
        assertEquals(4, run("pub cam --from - --slot-bytes 4"));
        assertTrue(terminal.errLines().getLast().contains("datahub rm cam"));
        assertEquals(0, run("rm cam"));
        assertEquals(0, run("pub cam --from - --slot-bytes 4"));
    }

    @Test
    void aBlockThatDoesNotComeIsNotFoundAndTheOthersAreNamed() {
        terminal.in("abc".getBytes());
        assertEquals(0, run("pub cam --from - --slot-bytes 3"));
        assertEquals(3, run("tap cmb --wait 20ms"));
        String said = String.join("\n", terminal.errLines());
        assertTrue(said.startsWith("datahub: waiting for block 'cmb'"), said);
        assertTrue(said.contains("present=cam"), said);
    }

    @Test
    void aDamagedBlockIsListedWithItsError() throws IOException {
        terminal.in("abc".getBytes());
        assertEquals(0, run("pub cam --from - --slot-bytes 3"));
        assertEquals(0, run("pub dam --from - --slot-bytes 3"));
        Files.write(directory.resolve("dam/state"), new byte[0]);
        assertEquals(1, run("ls"));
        assertTrue(terminal.outLines().get(1).startsWith("cam "), terminal.outLines()::toString);
        assertTrue(terminal.outLines().get(2).matches("dam +DH-1007 .+"), terminal.outLines()::toString);
        assertEquals(1, run("ls --json"));
        assertEquals(
                "DH-1007",
                Json.read(terminal.outLines().get(1)).at("/error/code").asText());
    }

    @Test
    void everyErrorCodeIsExplained() {
        assertEquals(0, terminal.run("errors", "--json"));
        assertEquals(ErrorCode.values().length, terminal.outLines().size());
        assertEquals(0, terminal.run("errors", "1003"));
        assertTrue(terminal.outLines().getFirst().startsWith("DH-1003 BLOCK_NOT_FOUND"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    | no command
                    nonsense | nonsense
                    tap | NAME
                    tap cam --bogus | --bogus
                    tap cam --wait 5 | --wait=5, allowed:
                    tap cam --count 0 | --count=0, allowed:
                    tap cam --mode fast | --mode=fast
                    tap cam --raw --json | exclude
                    pub cam | --from
                    pub cam --from - | --slot-bytes is needed
                    pub cam --from - --slot-bytes 0 | slotBytes=0, least=1
                    pub cam --from - --slot-bytes -1 | --slot-bytes=-1, allowed:
                    pub cam --from - --slot-bytes 3GiB | slotBytes=3221225472
                    pub cam --from - --slot-bytes 99999999999GiB | --slot-bytes=99999999999GiB, allowed:
                    pub cam --from - --slot-bytes 1 --slots 0 | slots=0, least=1
                    pub cam --from - --slot-bytes 1 --rate 0 | --rate=0
                    pub cam --from - --slot-bytes 1 --rate NaN | --rate=NaN
                    pub cam --from - --slot-bytes 1 --wait-consumers -1 | --wait-consumers=-1
                    pub cam --from - --slot-bytes 1 --policy latest_only --wait-consumers 1 | LATEST_ONLY
                    pub a/b --from - --slot-bytes 1 | a/b
                    pub .. --from - --slot-bytes 1 | '..'
                    pub cam --from / --slot-bytes 1 | directory
                    errors DH-9999 | DH-9999
                    demo --seconds 0 | --seconds=0
                    """)
    void aCommandLineThatCantBeUsedIsThreeLinesAndStatus2(String words, String named) {
        assertEquals(2, words == null ? terminal.run() : run(words));
        List<String> lines = terminal.errLines();
        assertEquals(3, lines.size(), lines::toString);
        assertTrue(lines.get(0).matches("DH-\\d{4} .+"), lines::toString);
        assertTrue(lines.get(1).startsWith("  ") && lines.get(1).contains(named), lines::toString);
        assertTrue(lines.get(2).startsWith("  → "), lines::toString);
        assertEquals(0, terminal.out().length);
    }

    @ParameterizedTest
    @CsvSource({"pub cam --from /does/not/exist --slot-bytes 1, 3", "info cam, 3", "rm cam, 3", "tap cam --wait 0, 3"})
    void whatIsNotThereIsNotFound(String words, int status) {
        assertEquals(status, run(words));
        assertEquals(3, terminal.errLines().size(), terminal.errLines()::toString);
    }

    @Test
    void aHubDirectoryThatCantBeTrustedIsNotUsed() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertEquals(6, run("ls"));
        assertTrue(terminal.errLines().getFirst().startsWith("DH-1001 "));
        assertEquals(6, terminal.run("ls", "--hub", directory.resolve("missing").toString()));
    }

    @Test
    void helpIsNoError() {
        assertEquals(0, terminal.run("--help"));
        assertTrue(terminal.outLines().getFirst().startsWith("Usage: datahub "));
        assertEquals(0, terminal.run("tap", "--help"));
        assertTrue(terminal.outLines().getFirst().startsWith("Usage: datahub tap "));
    }
}
