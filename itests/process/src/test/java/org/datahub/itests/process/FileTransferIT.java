package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.Slot;
import org.datahub.api.StartFrom;
import org.datahub.api.testing.Evidence;
import org.datahub.api.testing.Proof;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A file through `datahub pub` and two `datahub tap --raw` comes out as it went in.
class FileTransferIT {
    private static final long LARGE_BYTES = (long) Proof.count("file.mib", 64, 1024) << 20;
    private static final long SMALL_BYTES = 100_000;

    @TempDir
    private static Path files;

    private static Path large;
    private static Path small;

    private TestHub hub;
    private Cli cli;

    @BeforeAll
    static void write() throws IOException {
        large = random("large", LARGE_BYTES + 333); // the last slot is a short one
        small = random("small", SMALL_BYTES);
    }

    @BeforeEach
    void open() throws IOException {
        hub = new TestHub();
        cli = new Cli(hub.directory());
    }

    @AfterEach
    void close() throws IOException {
        hub.close();
    }

    @ParameterizedTest
    @CsvSource({"1KiB, 1024", "64KiB, 65536", "1MiB, 1048576", "8MiB, 8388608"})
    void aLargeFileIsTheSameForTwoConsumers(String slotBytes, long bytes) throws Exception {
        transfer(large, slotBytes, bytes);
    }

    @Test
    void aSlotMayBeOneByte() throws Exception {
        transfer(small, "1", 1);
    }

    private void transfer(Path file, String slotBytes, long bytes) throws Exception {
        Evidence evidence = Evidence.of("file through pub and two tap --raw, slots of " + slotBytes);
        long size = Files.size(file);
        long slots = (size + bytes - 1) / bytes;
        MessageDigest one = sha256();
        MessageDigest two = sha256();
        try (Child first = tap(one);
                Child pub = cli.start(
                        "pub", "copy", "--from", file.toString(), "--slot-bytes", slotBytes, "--wait-consumers", "2");
                Child second = tap(two)) {
            pub.exitCleanly();
            first.exitCleanly();
            second.exitCleanly();
            String sum = sum(file);
            assertEquals(sum, HexFormat.of().formatHex(one.digest()));
            assertEquals(sum, HexFormat.of().formatHex(two.digest()));
            assertEquals(slots, hub.open().info("copy").next());
            String summary = pub.awaitError("datahub: published copy: slots=" + slots + ", bytes=" + size + ",");
            assertTrue(pub.errors().stream().noneMatch(line -> line.contains("no lossless consumer")), pub::describe);
            evidence.row(
                    size + " bytes in " + slots + " slots, sha256 the same three times",
                    summary.replaceFirst(".*, ", ""));
        }
    }

    private Child tap(MessageDigest digest) throws IOException {
        OutputStream sink = new DigestOutputStream(OutputStream.nullOutputStream(), digest);
        return cli.into(sink, "tap", "copy", "--raw", "--wait", "60s");
    }

    /// A pipe holds less than a slot here, so that every read of it is short.
    @Test
    void shortReadsAreGathered() throws Exception {
        int slotBytes = 256 << 10;
        byte[] bytes = Files.readAllBytes(small);
        int pieces = 11;
        try (Child pub = cli.start("pub", "pipe", "--from", "-", "--slot-bytes", "256KiB", "--slots", "8")) {
            for (int piece = 0; piece < pieces; piece++) pub.input().write(bytes);
            pub.input().close();
            pub.exitCleanly();
        }
        List<Long> lengths = new ArrayList<>();
        byte[] got = new byte[pieces * bytes.length];
        try (DataBlockConsumer in =
                hub.open().attach("pipe", ConsumerSpec.lossless().from(StartFrom.OLDEST))) {
            int at = 0;
            for (Slot slot : in.follow()) {
                slot.payload().asByteBuffer().get(got, at, (int) slot.length());
                lengths.add(slot.length());
                at += (int) slot.length();
            }
            assertEquals(got.length, at);
        }
        long full = slotBytes;
        assertEquals(List.of(full, full, full, full, got.length - 4 * full), lengths);
        for (int piece = 0; piece < pieces; piece++) {
            byte[] part = Arrays.copyOfRange(got, piece * bytes.length, (piece + 1) * bytes.length);
            assertArrayEquals(bytes, part, "piece " + piece);
        }
    }

    private static Path random(String name, long size) throws IOException {
        Path file = files.resolve(name);
        SplittableRandom random = new SplittableRandom(size);
        byte[] some = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = size; left > 0; left -= some.length) {
                random.nextBytes(some);
                out.write(some, 0, (int) Math.min(left, some.length));
            }
        }
        return file;
    }

    private static String sum(Path file) throws Exception {
        MessageDigest digest = sha256();
        try (OutputStream sink = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            Files.copy(file, sink);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() throws Exception {
        return MessageDigest.getInstance("SHA-256");
    }
}
