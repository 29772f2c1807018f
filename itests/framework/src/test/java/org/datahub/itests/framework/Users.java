package org.datahub.itests.framework;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.datahub.api.BlockSpec;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.Next;
import org.datahub.api.SlotCopy;
import org.datahub.api.StartFrom;
import org.datahub.api.SyncPolicy;

/// Everything that a program may have open when a bundle stops: handles that idle and hold slots, pins, zones and
/// locks, handles that wait, handles at full speed, a publisher without demand.
final class Users implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int SLOTS = 16;

    private final List<AutoCloseable> idle = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private final AtomicLong received = new AtomicLong();
    private volatile boolean over;

    Users(DataHub hub) throws Exception {
        idle(hub);
        waiting(hub);
        busy(hub);
        publisher(hub);
        Container.await("a flow", () -> received.get() > SLOTS);
    }

    private static BlockSpec spec(String name) {
        return BlockSpec.named(name).slotBytes(256).slots(SLOTS).zone("zone", 64, 4);
    }

    private void idle(DataHub hub) {
        DataBlockProducer out = keep(hub.create(spec("idle")));
        DataBlockConsumer in = keep(hub.attach("idle", ConsumerSpec.lossless()));
        keep(hub.attach("idle", ConsumerSpec.observer()));
        for (int n = 0; n < 3; n++) out.write(tx -> {});
        in.next(Container.PATIENCE); // held, sealed and verified
        in.zone("zone").set(0, 1);
        in.lock(0).lock(Duration.ZERO);
        out.claim(Duration.ZERO); // and never committed

        DataBlockProducer value =
                keep(hub.create(spec("value").policy(SyncPolicy.LATEST_ONLY).doubleBuffer()));
        DataBlockConsumer pinned = keep(hub.attach("value", ConsumerSpec.pinned()));
        value.write(tx -> {});
        pinned.next(Container.PATIENCE);
    }

    private void waiting(DataHub hub) {
        DataBlockProducer out = keep(hub.create(spec("waiting").writeTimeout(LONG)));
        DataBlockConsumer gate = keep(hub.attach("waiting", ConsumerSpec.lossless()));
        out.lock(1).lock(Duration.ZERO);
        runs("at the gate", () -> {
            while (!over) out.write(tx -> {});
        });
        DataBlockProducer silent = keep(hub.create(spec("silent")));
        DataBlockConsumer sleeper = keep(hub.attach("silent", ConsumerSpec.lossless()));
        runs("at an empty block", () -> {
            while (!over) sleeper.next(LONG); // the end of the stream may come before its own
        });
        DataBlockConsumer locker = keep(hub.attach("waiting", ConsumerSpec.observer()));
        runs("at a lock", () -> {
            while (!over) locker.lock(1).lock(LONG); // its owner may be closed before it is
        });
        runs("for a block", () -> hub.attach("absent", ConsumerSpec.observer().attachTimeout(LONG)));
        gate.zone("zone").add(1, 1);
        silent.zone("zone").add(1, 1);
    }

    private void busy(DataHub hub) {
        DataBlockProducer out = keep(hub.create(spec("busy").writeTimeout(LONG)));
        DataBlockConsumer in = keep(hub.attach("busy", ConsumerSpec.lossless().from(StartFrom.OLDEST)));
        runs("writing", () -> {
            while (!over) out.write(tx -> tx.payload().set(ValueLayout.JAVA_LONG, 0, tx.number()));
        });
        runs("reading", () -> {
            while (!over) {
                Next next = in.read(LONG, slot -> {
                    if (slot.payload().get(ValueLayout.JAVA_LONG, 0) != slot.number()) {
                        throw new AssertionError("torn: slot=" + slot.number());
                    }
                });
                if (next == Next.SLOT) received.incrementAndGet();
            }
        });
        runs("looking", () -> {
            while (!over) {
                hub.list();
                look(hub);
            }
        });
    }

    /// What is open goes on without its allocator; to open takes one.
    private static void look(DataHub hub) {
        try {
            hub.info("busy");
            hub.attach("busy", ConsumerSpec.observer()).close();
        } catch (DataHubException e) {
            if (e.code() != ErrorCode.ALLOCATOR_MISSING) throw e;
        }
    }

    private void publisher(DataHub hub) {
        DataBlockConsumer in = keep(hub.attach("busy", ConsumerSpec.observer()));
        in.publisher().subscribe(new Flow.Subscriber<SlotCopy>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(1);
            }

            @Override
            public void onNext(SlotCopy copy) {}

            @Override
            public void onError(Throwable error) {
                ended("publishing", error);
            }

            @Override
            public void onComplete() {
                ended("publishing", null);
            }
        });
    }

    private <T extends AutoCloseable> T keep(T handle) {
        idle.add(handle);
        return handle;
    }

    private void runs(String what, Runnable work) {
        threads.add(started("user " + what, () -> {
            try {
                work.run();
                ended(what, null);
            } catch (Throwable t) {
                ended(what, t);
            }
        }));
    }

    /// A thread that lets go of its task: Felix 7.0.5 keeps in a class loader a thread that came for a
    /// class just when another had defined it (`m_classLocks`).
    private static Thread started(String name, Runnable work) {
        AtomicReference<Runnable> task = new AtomicReference<>(work);
        return Thread.ofPlatform()
                .daemon()
                .name(name)
                .start(() -> task.getAndSet(null).run());
    }

    /// As text: a throwable's stack keeps the classes on it.
    private void ended(String what, Throwable how) {
        boolean closed = how instanceof DataHubException e && e.code() == ErrorCode.HANDLE_CLOSED;
        ends.add(what + ": " + (closed ? "closed" : String.valueOf(how)));
    }

    /// Waits until all that run on threads of their own have ended, the publisher too.
    void awaitEnd() throws Exception {
        for (Thread thread : threads) thread.join(Container.PATIENCE.toMillis());
        Container.await("ends, so far " + ends, () -> ends.size() == threads.size() + 1);
    }

    /// Users that have ended, each with `closed` or how else.
    List<String> ends() {
        return ends;
    }

    /// Slots that the reader at full speed got.
    long received() {
        return received.get();
    }

    /// How each idle handle answers now.
    List<String> answers() {
        List<String> answers = new ArrayList<>();
        for (AutoCloseable handle : idle) {
            try {
                switch (handle) {
                    case DataBlockProducer out -> out.claim(Duration.ZERO);
                    case DataBlockConsumer in -> in.next(Duration.ZERO);
                    default -> throw new IllegalStateException(handle.toString());
                }
                answers.add("works");
            } catch (DataHubException e) {
                answers.add(e.code().toString());
            } catch (IllegalStateException e) {
                answers.add(e.toString());
            }
        }
        return answers;
    }

    @Override
    public void close() throws Exception {
        over = true;
        for (AutoCloseable handle : idle) handle.close();
        for (Thread thread : threads) thread.interrupt(); // who waits for a block has no handle yet
        for (Thread thread : threads) thread.join(Container.PATIENCE.toMillis());
    }
}
