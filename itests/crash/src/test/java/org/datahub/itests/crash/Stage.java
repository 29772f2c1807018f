package org.datahub.itests.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.IntegrityMode;
import org.datahub.api.Next;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;
import org.datahub.engine.Inside;
import org.datahub.itests.crash.Notes.Word;
import org.datahub.posix.PosixKernel;

/// A hub directory of its own, the block in it, and those in the test's process who outlive the
/// victim.
final class Stage implements AutoCloseable {
    static final String BLOCK = "crash";
    static final String ZONE = "zone";
    static final int ZONE_BYTES = 256;
    static final int LOCKS = 3;
    private static final int ROWS = 6;
    private static final Duration LONG = Duration.ofSeconds(25);
    private static final PosixKernel KERNEL = new PosixKernel();

    final Shape shape;
    final Path directory;
    final DataHub hub;
    final Notes notes;
    private final Path notesFile;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Process victim;
    private boolean state;

    Stage(Shape shape, Path scratch) throws IOException {
        this.shape = shape;
        this.directory = newHub();
        this.notesFile = Files.createTempFile(scratch, "notes-", "");
        this.notes = new Notes(notesFile);
        this.hub = Inside.hub(KERNEL, directory, "survivor");
    }

    static Path newHub() throws IOException {
        return Files.createTempDirectory(
                Path.of("/dev/shm"),
                "datahub-crash-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /// A stream block of this shape, with a zone and locks. Some shapes are not sealed: a torn
    /// slot is not taken for a corrupt one there.
    static BlockSpec spec(Shape shape) {
        boolean sealed = shape.slots() % 3 != 1 || shape.batch() > 1;
        return BlockSpec.named(BLOCK)
                .slotBytes(Pattern.MOST_BYTES)
                .slots(shape.slots())
                .batch(shape.batch())
                .participants(ROWS)
                .zone(ZONE, ZONE_BYTES, 4)
                .locks(LOCKS)
                .integrityMode(sealed ? IntegrityMode.ENFORCED : IntegrityMode.MANUAL)
                .writeTimeout(LONG);
    }

    BlockSpec spec() {
        return spec(shape);
    }

    /// A state block: one of K = 1 or 2.
    BlockSpec stateSpec() {
        state = true;
        return spec().policy(SyncPolicy.LATEST_ONLY);
    }

    void declare(BlockSpec spec) {
        hub.declare(spec);
    }

    <T extends AutoCloseable> T closing(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    DataBlockProducer producer() {
        return closing(hub.create(BlockSpec.named(BLOCK).writeTimeout(LONG)));
    }

    DataBlockProducer producer(BlockSpec spec) {
        return closing(hub.create(spec));
    }

    /// Asks the producer to let somebody go who is not there; what becomes of it.
    static ErrorCode askInVain(DataHub hub, Duration timeout) {
        try {
            hub.admin(BLOCK).evict(ROWS - 1, timeout);
        } catch (DataHubException e) {
            return e.code();
        }
        throw new AssertionError("nobody was let go");
    }

    Writer writer() {
        return writer(BlockSpec.named(BLOCK).writeTimeout(LONG));
    }

    Writer writer(BlockSpec spec) {
        return closing(new Writer(producer(spec), incarnation()));
    }

    long incarnation() {
        return hub.info(BLOCK).incarnation();
    }

    DataBlockConsumer consumer(ConsumerSpec spec) {
        return closing(hub.attach(BLOCK, spec));
    }

    Reader reader(ConsumerSpec spec) {
        DataBlockConsumer in = consumer(spec);
        return closing(new Reader(in, new Account(in, spec.delivery(), state)));
    }

    Path notesFile() {
        return notesFile;
    }

    void startedWith(Process process) {
        victim = process;
    }

    boolean victimRuns() {
        return victim.isAlive();
    }

    /// Waits until the condition holds or the victim is gone; whether it holds.
    boolean awaitVictim(String what, BooleanSupplier condition) {
        Await.until(what, () -> condition.getAsBoolean() || !victimRuns());
        return condition.getAsBoolean();
    }

    /// The next slot number, which must be one that the victim can have left.
    long headAfterVictim() {
        long head = hub.info(BLOCK).next();
        long done = notes.get(Word.DONE);
        long pending = notes.get(Word.PENDING);
        if (head != done && head != done + pending) {
            throw new AssertionError("the victim committed " + done + " and was about to commit " + pending
                    + " more, but the next slot is " + head);
        }
        return head;
    }

    /// The K newest slots below `head` must be there, whoever died where.
    void requireNewest(long head) {
        long oldest = Math.max(0, head - shape.slots());
        ConsumerSpec spec = ConsumerSpec.observer().from(StartFrom.OLDEST);
        try (DataBlockConsumer in = hub.attach(BLOCK, spec)) {
            if (in.number() != oldest) throw new AssertionError("oldest=" + in.number() + ", expected=" + oldest);
            requireSlots(in, head);
            Next behind = in.read(Duration.ZERO, slot -> {});
            if (behind != Next.TIMEOUT && behind != Next.END) throw new AssertionError("behind the head: " + behind);
        }
    }

    /// Every slot from where `in` stands to `head` must be there.
    static void requireSlots(DataBlockConsumer in, long head) {
        for (long n = in.number(); n < head; n++) {
            long wanted = n;
            Next next = in.read(Duration.ZERO, slot -> requireSlot(slot, wanted));
            if (next != Next.SLOT) throw new AssertionError("slot " + n + " of " + head + " is lost: " + next);
        }
    }

    /// The newest value of a state block must be there.
    void requireValue(long head) {
        try (DataBlockConsumer in = hub.attach(BLOCK, ConsumerSpec.observer())) {
            Next next = in.read(Duration.ZERO, slot -> requireSlot(slot, head - 1));
            if (next != Next.SLOT) throw new AssertionError("the value " + (head - 1) + " is lost: " + next);
        }
    }

    static void requireSlot(org.datahub.api.Slot slot, long wanted) {
        long[] payload = slot.payload().toArray(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED);
        String fault =
                slot.number() == wanted ? Pattern.fault(payload, wanted, slot.user()) : "another: " + slot.number();
        if (fault != null) throw new AssertionError(fault);
    }

    /// A successor goes on at `head` and writes `slots` more; returns the end of the stream.
    long succeed(long head, long slots) {
        DataBlockProducer next = producer();
        if (next.next() != head) throw new AssertionError("the successor begins at " + next.next() + ", head=" + head);
        long incarnation = incarnation();
        for (long n = 0; n < slots; n++) Writer.write(next, incarnation);
        long end = next.next();
        next.close();
        return end;
    }

    /// Nothing that died holds anything: every row can be had, the block can be removed, and the
    /// next one to make a block sweeps what is left.
    void aftermath() throws Exception {
        closeAll();
        List<DataBlockConsumer> everybody = new ArrayList<>();
        if (hub.list().contains(BLOCK)) {
            boolean sequential = hub.info(BLOCK).policy() == SyncPolicy.SEQUENTIAL; // row 0 is for lossless consumers
            if (sequential) everybody.add(hub.attach(BLOCK, ConsumerSpec.lossless()));
            while (everybody.size() < ROWS) everybody.add(hub.attach(BLOCK, ConsumerSpec.observer()));
            everybody.forEach(DataBlockConsumer::close);
            hub.remove(BLOCK);
        }
        hub.declare(BlockSpec.named("sweeper").slotBytes(64).slots(1));
        hub.remove("sweeper");
        try (Stream<Path> left = Files.list(directory)) {
            List<Path> names = left.toList();
            if (!names.isEmpty()) throw new AssertionError("left behind: " + names);
        }
        if (Files.exists(home())) requireCleanHome();
    }

    private void requireCleanHome() throws IOException {
        hub.declare(BlockSpec.named("sweeper").slotBytes(64).slots(1).allocator("file"));
        hub.remove("sweeper");
        try (Stream<Path> left = Files.list(home())) {
            List<Path> names = left.toList();
            if (!names.isEmpty()) throw new AssertionError("left behind at home: " + names);
        }
    }

    /// Where blocks of the allocator `file` are.
    Path home() {
        return Inside.home(directory);
    }

    /// Makes that directory.
    void makeHome() throws IOException {
        Files.createDirectory(
                home(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private void closeAll() throws Exception {
        while (!opened.isEmpty()) opened.pop().close();
    }

    @Override
    public void close() throws Exception {
        try {
            closeAll();
        } finally {
            hub.close();
            notes.close();
            Files.deleteIfExists(notesFile);
            removeTree(directory);
            if (Files.exists(home())) removeTree(home());
        }
    }

    static void removeTree(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(each);
        }
    }
}
