package org.datahub.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Timeouts;
import org.datahub.api.admin.BlockAdmin;
import org.datahub.api.admin.BlockInfo;
import org.datahub.api.admin.HandoverSpec;
import org.datahub.api.admin.SlotInfo;
import org.datahub.api.layout.RowLayout;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.SegmentAllocator;

/// The hub of one caller: a program without a container, or a bundle.
final class Hub implements DataHub {
    // A large process takes this long to die: until then its locks tell nothing new.
    private static final long DYING_NANOS = 1_000_000_000L;
    private static final long POLL_NANOS = 2_000_000L;

    private final Kernel kernel;
    private final HubDirectory directory;
    private final Providers providers;
    private final Declarations declarations;
    private final Beats beats;
    private final String label;
    private final Timeouts timeouts;
    private final Runnable afterClose;
    private final Set<Handle> handles = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// Owns `directory`; runs `afterClose` at the end of [#close].
    Hub(
            Kernel kernel,
            HubDirectory directory,
            Providers providers,
            Declarations declarations,
            Beats beats,
            String label,
            Timeouts timeouts,
            Runnable afterClose) {
        this.kernel = kernel;
        this.directory = directory;
        this.providers = providers;
        this.declarations = declarations;
        this.beats = beats;
        this.label = label;
        this.timeouts = timeouts;
        this.afterClose = afterClose;
    }

    @Override
    public Path directory() {
        return directory.path();
    }

    @Override
    public DataBlockProducer create(BlockSpec asked) {
        return inside(() -> produce(asked));
    }

    private DataBlockProducer produce(BlockSpec asked) {
        HubDirectory.checked(asked.name());
        Declarations.Declaration declared = declarations.of(asked.name());
        BlockSpec spec = declared.complete(asked);
        if (spec.writeTimeout() == null) spec = spec.writeTimeout(timeouts.write());
        Producer producer = takeOver(openOrMake(spec, Block.Use.PRODUCE), spec, asked, source(spec, declared));
        try {
            if (asked.handover() != null) handOver(producer, asked);
            return adopt(producer.produce(spec));
        } catch (RuntimeException | Error e) {
            producer.close();
            throw e;
        }
    }

    private Producer takeOver(Block block, BlockSpec spec, BlockSpec asked, IntegritySource source) {
        try {
            refuseOther(block, spec, asked);
            takeProducerByte(block);
            refuseOther(block, spec, asked);
            return new Producer(this, block, beats, providers, source, spec, label);
        } catch (RuntimeException | Error e) {
            block.close();
            throw e;
        }
    }

    /// Brings a block, for which somebody stands in here, to what `asked` says.
    private void handOver(Producer standIn, BlockSpec asked) {
        HandoverSpec wanted = handover(standIn.block, asked);
        if (wanted != null) new Administration(this, asked.name(), standIn).handover(wanted, asked.handover());
    }

    private IntegritySource source(BlockSpec spec, Declarations.Declaration declared) {
        return spec.integrity() == null ? declared.integrity() : IntegritySource.named(providers, spec.integrity());
    }

    private Block openOrMake(BlockSpec spec, Block.Use use) {
        long deadline = kernel.nanos() + DYING_NANOS;
        while (true) {
            Block block = openRevived(spec.name(), use);
            if (block != null) return block;
            boolean made = make(spec);
            // Another process made it; or one that removes it has not got to the name yet, or died on the way there.
            if (!made && kernel.nanos() - deadline >= 0) {
                new Removal(kernel, directory, spec.name(), providers).removeIfMarked();
            }
            if (!made) park();
        }
    }

    /// Opens the block as one that was used since the machine was started; null where there is none.
    private Block openRevived(String name, Block.Use use) {
        while (true) {
            Block block = Block.open(kernel, directory, name, use, providers);
            if (block == null) return null;
            boolean ours = block.ownerUid == kernel.uid();
            if (Revival.needless(block) && (use != Block.Use.PRODUCE || ours)) return block;
            block.close();
            if (!ours) throw Block.foreignOwner(name, block.ownerUid, kernel.uid(), null);
            revive(name);
        }
    }

    private boolean make(BlockSpec spec) {
        Geometry geometry = Geometry.of(spec, Ring.bytes());
        SharedLayout shared = new SharedLayout(geometry.rows(), spec.zones(), spec.locks());
        SegmentAllocator allocator = providers.allocator(
                spec.allocator() == null ? declarations.of(spec.name()).allocator() : spec.allocator());
        Function<Directory, NewBlock> recipe =
                place -> new NewBlock(kernel, place, spec.name(), geometry, shared, providers, allocator);
        String home = allocator.home();
        return home.isEmpty()
                ? recipe.apply(directory.directory()).make()
                : new PlacedBlock(kernel, directory, spec.name(), home).make(recipe);
    }

    /// The block was used last before the machine was started: nobody can have byte 0 for long.
    private void revive(String name) {
        try (Block block = Block.open(kernel, directory, name, Block.Use.PRODUCE, providers)) {
            if (block == null) return;
            takeProducerByte(block);
            if (!Revival.needless(block)) new Revival(block, providers).run();
        }
    }

    private static void checkGeometry(Block block, BlockSpec spec) {
        refuse(block, joined(movable(block, spec), fixed(block, spec)));
    }

    /// To what its declaration says of slots a block is brought by a handover.
    private static void refuseOther(Block block, BlockSpec spec, BlockSpec asked) {
        String moves = asked.handover() == null ? movable(block, asked) : "";
        refuse(block, joined(moves, fixed(block, spec)));
    }

    private static void refuse(Block block, String differences) {
        if (differences.isEmpty()) return;
        throw new DataHubException(
                ErrorCode.GEOMETRY_REFUSED,
                "the block exists with another geometry: name=" + block.name + ": " + differences,
                "ask for what it has, hand it over (datahub handover, pub --handover), or remove it first: datahub rm "
                        + block.name);
    }

    private static String fixed(Block block, BlockSpec spec) {
        return joined(block.geometry.fixed(spec), block.shared.differences(spec));
    }

    /// What a handover can change.
    private static String movable(Block block, BlockSpec spec) {
        String here = block.generation.allocator();
        boolean same = spec.allocator() == null || spec.allocator().equals(here);
        return joined(
                block.geometry.movable(spec), same ? "" : "allocator=" + here + " (asked " + spec.allocator() + ")");
    }

    private static String joined(String... differences) {
        return Stream.of(differences).filter(each -> !each.isEmpty()).collect(Collectors.joining(", "));
    }

    /// The handover that would bring the block to what `spec` asks; null where it is so.
    ///
    /// @throws DataHubException `DH-1004` where no handover can
    HandoverSpec handoverTo(BlockSpec spec) {
        return inside(() -> look(spec.name(), block -> {
            refuse(block, fixed(block, spec));
            return handover(block, spec);
        }));
    }

    private static HandoverSpec handover(Block block, BlockSpec spec) {
        if (movable(block, spec).isEmpty()) return null;
        HandoverSpec handover = HandoverSpec.same().allocator(spec.allocator());
        if (spec.slots() != BlockSpec.UNSET) handover = handover.slots(spec.slots());
        if (spec.slotBytes() != BlockSpec.UNSET) handover = handover.slotBytes(spec.slotBytes());
        return handover;
    }

    private void takeProducerByte(Block block) {
        if (!block.lock.tryLock(RowLayout.PRODUCER_LOCK)) awaitProducerByte(block);
        checkOwned(block);
    }

    /// A stand-in that sees somebody wait lets go; a producer does not.
    private void awaitProducerByte(Block block) {
        long deadline = kernel.nanos() + DYING_NANOS;
        try {
            while (!block.lock.tryLock(RowLayout.PRODUCER_LOCK)) {
                if (kernel.nanos() - deadline >= 0) {
                    throw new DataHubException(
                            ErrorCode.PRODUCER_CONFLICT,
                            "another process produces into the block: name=" + block.name + ", owner: "
                                    + block.producerText(),
                            "end it first, or use another name");
                }
                block.lock.tryLock(RowLayout.WAITING_LOCK);
                park();
            }
        } finally {
            block.lock.unlock(RowLayout.WAITING_LOCK);
        }
    }

    /// The caller has byte 0.
    private static void checkOwned(Block block) {
        if (!block.current()) throw block.gone();
        block.enterNewest();
    }

    @Override
    public BlockInfo declare(BlockSpec spec) {
        return inside(() -> made(spec));
    }

    private BlockInfo made(BlockSpec spec) {
        HubDirectory.checked(spec.name());
        try (Block block = openOrMake(spec, Block.Use.LOOK)) {
            checkGeometry(block, spec);
            return BlockReport.of(block);
        }
    }

    @Override
    public DataBlockConsumer attach(String name, ConsumerSpec spec) {
        return inside(() -> consume(name, spec));
    }

    private DataBlockConsumer consume(String name, ConsumerSpec asked) {
        HubDirectory.checked(name);
        ConsumerSpec spec = declarations.of(name).complete(asked);
        Duration wait = spec.attachTimeout() == null ? timeouts.attach() : spec.attachTimeout();
        long deadline = Handle.deadline(kernel.nanos(), wait);
        while (true) {
            Block block = Block.open(kernel, directory, name, Block.Use.CONSUME, providers);
            if (block != null && !Revival.needless(block)) {
                block.close(); // its producer or its declaration comes first
                block = null;
            }
            if (block != null) {
                try {
                    return adopt(new ConsumerHandle(this, block, beats, providers, spec, timeouts.read()));
                } catch (RuntimeException | Error e) {
                    block.close();
                    throw e;
                }
            }
            if (wait.isZero() || kernel.nanos() - deadline >= 0) throw absent(name, wait);
            park();
            requireOpen();
        }
    }

    private void park() {
        LockSupport.parkNanos(POLL_NANOS);
        Pause.requireUninterrupted();
    }

    private DataHubException absent(String name, Duration waited) {
        return new DataHubException(
                ErrorCode.BLOCK_NOT_FOUND,
                "no such block: name=" + name + ", hub=" + directory.path() + ", waited=" + waited.toMillis() + "ms"
                        + ", present=" + list(),
                "start its producer, or check the name and the hub directory");
    }

    @Override
    public List<String> list() {
        return inside(directory::blocks);
    }

    @Override
    public BlockInfo info(String name) {
        return inside(() -> look(name, BlockReport::of));
    }

    @Override
    public List<SlotInfo> slots(String name) {
        return inside(() -> look(name, block -> SlotView.of(block).list()));
    }

    private <T> T look(String name, Function<Block, T> report) {
        HubDirectory.checked(name);
        try (Block block = Block.open(kernel, directory, name, Block.Use.LOOK, providers)) {
            if (block == null) throw absent(name, Duration.ZERO);
            return report.apply(block);
        }
    }

    @Override
    public BlockAdmin admin(String name) {
        HubDirectory.checked(name);
        requireOpen();
        return new Administration(this, name, null);
    }

    /// Asks the block's producer for something, or does it in a producer's place.
    <T> T request(String name, String what, Duration timeout, Producer own, Function<Requester, T> asking) {
        return inside(() -> {
            try (Block block = Block.open(kernel, directory, name, Block.Use.CONSUME, providers)) {
                if (block == null) throw absent(name, Duration.ZERO);
                try (Requester requester = new Requester(block, what, timeout, () -> standIn(name), own)) {
                    return asking.apply(requester);
                }
            }
        });
    }

    /// Stands in for the producer of a block that has none; null where it has one by now.
    ///
    /// @throws DataHubException `DH-1009` where the caller may not
    private Producer standIn(String name) {
        requireOpen();
        Block block = openRevived(name, Block.Use.PRODUCE);
        if (block == null) throw absent(name, Duration.ZERO);
        try {
            boolean free = block.lock.tryLock(RowLayout.PRODUCER_LOCK);
            if (!free) {
                block.close();
                return null;
            }
            checkOwned(block);
            Declarations.Declaration declared = declarations.of(name);
            BlockSpec spec = declared.complete(BlockSpec.named(name)).writeTimeout(timeouts.write());
            String sealed = BlockReport.integrity(block, SlotView.of(block).next());
            IntegritySource source = sealed.isEmpty() ? declared.integrity() : IntegritySource.named(providers, sealed);
            return adopt(new Producer(this, block, beats, providers, source, spec, label));
        } catch (RuntimeException | Error e) {
            block.close();
            throw e;
        }
    }

    @Override
    public void remove(String name) {
        HubDirectory.checked(name);
        boolean removed = inside(() -> new Removal(kernel, directory, name, providers).remove());
        if (!removed) throw absent(name, Duration.ZERO);
    }

    private <T extends Handle> T adopt(T handle) {
        handles.add(handle);
        providers.enter(handle);
        if (closed) handle.close();
        return handle;
    }

    /// A handle has ended.
    void forget(Handle handle) {
        handles.remove(handle);
        providers.leave(handle);
    }

    /// Does `work` while the hub directory stays open, whoever closes the hub meanwhile.
    private <T> T inside(Supplier<T> work) {
        requireOpen();
        try (HubDirectory.Use use = directory.use()) {
            return work.get();
        }
    }

    private void requireOpen() {
        if (closed) throw closed("hub=" + directory.path());
    }

    /// What a call gets after [#close].
    static DataHubException closed(String which) {
        return new DataHubException(ErrorCode.HANDLE_CLOSED, "the hub is closed: " + which, "open a new one");
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            closed = true;
        }
        handles.forEach(Handle::close);
        afterClose.run();
        directory.close();
    }
}
