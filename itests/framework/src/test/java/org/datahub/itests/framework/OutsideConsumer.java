package org.datahub.itests.framework;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.HubOptions;
import org.datahub.api.Next;
import org.datahub.api.admin.BlockAdmin;
import org.datahub.api.testing.Evidence;

/// A lossless consumer in a process of its own, outside the container whose bundles come and go. It holds every slot
/// against [Payload], and some of their tags against [TagCheck]. A producer that closes is waited for: the next one
/// goes on.
///
/// It says `ready`, `change N OLD NEW COUNTS` once 100 slots stand behind a change of algorithm or key epoch (it counts
/// if 100 stand before it too; algorithm and epoch stand in one number, as in the slot's header),
/// and `wrong ...` before it ends by the first fault. Orders, each a line: `mark` begins to look for the longest pause
/// between two slots and is answered by `mark N SEAL` with what seals now, `more N` is answered by `more` after N more
/// slots, `rotate` asks the producer for a new key epoch and is answered by `rotated EPOCH`, `pause WAY` ends the look
/// and counts it for
/// that way, `end COUNTED` writes the row of evidence when the stream has ended, and ends.
public final class OutsideConsumer {
    private static final Duration TURN = Duration.ofMillis(20);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int NEIGHBOURS = 100;
    private static final int CHECK_EACH = 64; // so 1.5 % of the tags
    private static final int HEADER = 32;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final ConcurrentLinkedQueue<String> orders = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Long> byAlgorithm = new TreeMap<>();
    private final Map<String, List<Long>> pauses = new TreeMap<>();
    private final Evidence evidence;
    private final DataBlockConsumer in;
    private final BlockAdmin operator;
    private final TagCheck check;
    private long keyEpoch; // of the slot looked at: its header has the low 8 bits
    private long first = -1;
    private long checked;
    private long restarts;
    private long changes;
    private long lastTime;
    private long longest;
    private long moreAt = Long.MAX_VALUE;
    private String end;

    // The slots since the last change, and those before it.
    private int sealedBy = -1;
    private long run;
    private int sealedBefore = -1;
    private long runBefore;
    private long changedAt;
    private long changePause;

    private OutsideConsumer(DataHub hub, String block, String fact, byte[] secret) {
        evidence = Evidence.of(fact);
        in = hub.attach(block, ConsumerSpec.lossless().attachTimeout(LIMIT).label("outside"));
        operator = hub.admin(block);
        check = new TagCheck(hub.info(block).blockId(), secret);
    }

    /// Takes the hub directory, the block, the fact that it is evidence of, and a key file where algorithms have keys.
    public static void main(String[] arguments) throws Exception {
        HubOptions options =
                HubOptions.defaults().directory(Path.of(arguments[0])).label("outside");
        byte[] secret = {};
        if (arguments.length > 3) {
            secret = Files.readAllBytes(Path.of(arguments[3]));
            for (String pid : List.of("org.datahub.integrity.hmac", "org.datahub.integrity.blake2b")) {
                options = options.configuration(pid, Map.of("key.file", arguments[3]));
            }
        }
        try (DataHub hub = DataHub.open(options)) {
            OutsideConsumer consumer = new OutsideConsumer(hub, arguments[1], arguments[2], secret);
            Thread.ofPlatform().daemon().start(consumer::takeOrders);
            System.out.println("ready");
            consumer.run();
        }
    }

    private void takeOrders() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // Here, so that the stream flows meanwhile.
                if (line.equals("rotate")) System.out.println("rotated " + operator.rotateKey(LIMIT));
                else orders.add(line);
            }
        } catch (IOException e) {
            // The container is gone.
        } catch (DataHubException e) {
            wrong("rotate: " + e);
        }
        Runtime.getRuntime().halt(1);
    }

    private void run() throws Exception {
        boolean ended = false;
        while (!ended || end == null) {
            for (String order = orders.poll(); order != null; order = orders.poll()) obey(order);
            Next next = in.next(TURN);
            if (ended && next == Next.SLOT) restarts++;
            if (next != Next.TIMEOUT) ended = next == Next.END;
            switch (next) {
                case SLOT -> look();
                case GAP -> wrong("gap from=" + in.gapFrom() + ", to=" + in.gapTo() + ", reason=" + in.gapReason());
                case END -> LockSupport.parkNanos(TURN.toNanos()); // and say so again, until a producer goes on
                default -> {}
            }
        }
        report();
    }

    private void obey(String order) {
        String rest = order.substring(order.indexOf(' ') + 1);
        switch (order.split(" ", 2)[0]) {
            case "mark" -> {
                longest = 0;
                System.out.println("mark " + in.received() + " " + sealedBy);
            }
            case "more" -> moreAt = in.received() + Long.parseLong(rest);
            case "pause" -> {
                pauses.computeIfAbsent(rest, way -> new ArrayList<>()).add(longest);
                System.out.println("pause " + longest);
            }
            case "end" -> end = rest;
            default -> wrong("order=" + order);
        }
    }

    private void look() {
        long n = in.number();
        long payload = in.offset();
        MemorySegment segment = in.segment();
        if (first < 0) first = n;
        if (n != first + in.received()) wrong("slot=" + n + ", expected=" + (first + in.received()));
        if (!Payload.right(segment, payload, in.length(), n)) wrong("slot=" + n + ": its payload is another's");
        long description = segment.get(WORD, payload - HEADER + 8);
        int algorithm = (int) (description >>> 48) & 0xff;
        byAlgorithm.merge(algorithm, 1L, Long::sum);
        keyEpoch += (byte) ((description >>> 56) - keyEpoch); // no slot is missed, so none of 128 epochs
        if (n % CHECK_EACH == 0) checkTag(segment, payload, n, description);
        long pause = lastTime == 0 ? 0 : in.timestamp() - lastTime;
        lastTime = in.timestamp();
        longest = Math.max(longest, pause);
        followChanges(n, (int) (description >>> 48), pause);
        if (!in.release()) wrong("slot=" + n + ": lost while it was read");
        if (in.received() >= moreAt) {
            moreAt = Long.MAX_VALUE;
            System.out.println("more");
        }
    }

    private void checkTag(MemorySegment segment, long payload, long n, long description) {
        byte[] bytes = segment.asSlice(payload, in.length()).toArray(ValueLayout.JAVA_BYTE);
        long tagOffset = in.slotBytes() + 7 & ~7L; // of this generation
        byte[] tag = segment.asSlice(payload + tagOffset, 32).toArray(ValueLayout.JAVA_BYTE);
        if (!check.right(n, description, keyEpoch, in.timestamp(), in.user(), bytes, tag)) {
            wrong("slot=" + n + ", algorithm=" + (description >>> 48 & 0xff) + ": its tag is not what it should be");
        }
        checked++;
    }

    private void followChanges(long n, int seal, long pause) {
        if (seal != sealedBy) {
            sealedBefore = sealedBy;
            runBefore = run;
            sealedBy = seal;
            run = 0;
            changedAt = n;
            changePause = pause;
        }
        run++;
        if (run != NEIGHBOURS || sealedBefore < 0) return;
        boolean counts = runBefore >= NEIGHBOURS;
        if (counts) {
            changes++;
            pauses.computeIfAbsent("change", way -> new ArrayList<>()).add(changePause);
        }
        System.out.println("change " + changedAt + " " + sealedBefore + " " + sealedBy + " " + counts);
    }

    private void report() throws IOException, InterruptedException {
        long published = in.number() - first;
        if (in.missed() != 0 || in.received() != published) {
            wrong("published=" + published + ", received=" + in.received() + ", missed=" + in.missed());
        }
        evidence.row(
                end + ", published=" + published + ", received=" + in.received() + ", missed="
                        + in.missed() + ", by algorithm " + byAlgorithm + ", tags recomputed=" + checked
                        + ", changes seen=" + changes + ", key epochs=" + keyEpoch + ", producers that went on="
                        + restarts
                        + ", exceptions=0",
                "pause " + measured());
        System.out.println("ended " + published);
    }

    private String measured() {
        List<String> texts = new ArrayList<>();
        pauses.forEach((way, list) -> {
            long[] sorted = list.stream().mapToLong(Long::longValue).sorted().toArray();
            texts.add(way
                    + String.format(
                            " p50=%.2f ms p99=%.2f ms max=%.2f ms",
                            quantile(sorted, 0.5) / 1e6, quantile(sorted, 0.99) / 1e6, quantile(sorted, 1) / 1e6));
        });
        return String.join(", ", texts);
    }

    private static double quantile(long[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }

    private static void wrong(String what) {
        System.out.println("wrong " + what);
        Runtime.getRuntime().halt(9);
    }
}
