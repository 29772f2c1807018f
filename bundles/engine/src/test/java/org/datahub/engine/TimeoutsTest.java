package org.datahub.engine;

import static org.datahub.engine.HubFixture.SOON;
import static org.datahub.engine.HubFixture.eventually;
import static org.datahub.engine.Refusals.assertRefusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.datahub.api.BlockSpec;
import org.datahub.api.Claim;
import org.datahub.api.ConsumerSpec;
import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataBlockProducer;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.FlexibleZone;
import org.datahub.api.Next;
import org.datahub.api.SharedLock;
import org.datahub.api.WriteTransaction;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every call that waits, and every way in which a wait can end.
@Deadline
class TimeoutsTest {
    private static final int SLOTS = 3;
    private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    @RegisterExtension
    final HubFixture hub = new HubFixture();

    /// A call that has to wait.
    ///
    /// @param call makes it, and says what it answers
    /// @param over what it answers when its time is over
    /// @param satisfy makes what it waits for happen
    /// @param good what it answers then
    /// @param owner whose close ends it
    private record Scene(
            Function<Duration, Object> call, Object over, Runnable satisfy, Object good, AutoCloseable owner) {
        /// The answer, an error by its code.
        Object answer(Duration timeout) {
            try {
                return call.apply(timeout);
            } catch (DataHubException e) {
                return e.code();
            }
        }
    }

    /// The calls.
    enum Call {
        CLAIM {
            @Override
            Scene set(HubFixture hub) {
                DataBlockProducer out = gated(hub, SOON);
                return new Scene(out::claim, Claim.FULL, readOne(hub), Claim.CLAIMED, out);
            }
        },
        CLAIM_BATCH {
            @Override
            Scene set(HubFixture hub) {
                DataBlockProducer out = gated(hub, SOON);
                return new Scene(timeout -> out.claimBatch(2, timeout), 0, readOne(hub), 1, out);
            }
        },
        CLAIM_WITHOUT_A_CONSUMER {
            @Override
            Scene set(HubFixture hub) {
                DataBlockProducer out = hub.closing(hub.hub().create(spec().requireConsumer(true)));
                return new Scene(
                        out::claim,
                        Claim.FULL,
                        () -> hub.closing(hub.open("other").attach("b", ConsumerSpec.lossless())),
                        Claim.CLAIMED,
                        out);
            }
        },
        CLAIM_WITHOUT_A_PROVIDER {
            @Override
            Scene set(HubFixture hub) {
                DataBlockProducer out = hub.closing(hub.hub().create(spec()));
                hub.providers.remove(hub.crc32c);
                return new Scene(
                        out::claim,
                        ErrorCode.INTEGRITY_MISSING,
                        () -> hub.providers.add(hub.crc32c, 0),
                        Claim.CLAIMED,
                        out);
            }
        },
        BEGIN {
            @Override
            Scene set(HubFixture hub) {
                DataBlockProducer out = gated(hub, SOON);
                return new Scene(
                        timeout -> {
                            try (WriteTransaction tx = out.begin(timeout)) {
                                return tx.number();
                            }
                        },
                        ErrorCode.WRITE_TIMEOUT,
                        readOne(hub),
                        (long) SLOTS,
                        out);
            }
        },
        DRAIN {
            @Override
            Scene set(HubFixture hub) {
                DataBlockProducer out = gated(hub, SOON);
                return new Scene(out::drain, false, readAll(hub), true, out);
            }
        },
        NEXT {
            @Override
            Scene set(HubFixture hub) {
                DataBlockConsumer in = idle(hub, ConsumerSpec.lossless());
                return new Scene(in::next, Next.TIMEOUT, writeOne(hub), Next.SLOT, in);
            }
        },
        NEXT_OF_AN_OBSERVER {
            @Override
            Scene set(HubFixture hub) {
                DataBlockConsumer in = idle(hub, ConsumerSpec.observer());
                return new Scene(in::next, Next.TIMEOUT, writeOne(hub), Next.SLOT, in);
            }
        },
        NEXT_BATCH {
            @Override
            Scene set(HubFixture hub) {
                DataBlockConsumer in = idle(hub, ConsumerSpec.lossless());
                return new Scene(timeout -> in.nextBatch(2, timeout), Next.TIMEOUT, writeOne(hub), Next.SLOT, in);
            }
        },
        NEXT_WITHOUT_A_PROVIDER {
            @Override
            Scene set(HubFixture hub) {
                DataBlockConsumer in = idle(hub, ConsumerSpec.lossless());
                writeOne(hub).run();
                hub.providers.remove(hub.crc32c);
                return new Scene(
                        in::next, ErrorCode.INTEGRITY_MISSING, () -> hub.providers.add(hub.crc32c, 0), Next.SLOT, in);
            }
        },
        READ {
            @Override
            Scene set(HubFixture hub) {
                DataBlockConsumer in = idle(hub, ConsumerSpec.lossless());
                return new Scene(timeout -> in.read(timeout, slot -> {}), Next.TIMEOUT, writeOne(hub), Next.SLOT, in);
            }
        },
        LOCK {
            @Override
            Scene set(HubFixture hub) {
                DataBlockProducer out = hub.closing(hub.hub().create(spec()));
                DataBlockConsumer in = hub.closing(hub.hub().attach("b", ConsumerSpec.observer()));
                out.lock(0).lock(SOON);
                SharedLock lock = in.lock(0);
                return new Scene(
                        lock::lock,
                        SharedLock.Outcome.TIMEOUT,
                        () -> out.lock(0).unlock(),
                        SharedLock.Outcome.LOCKED,
                        in);
            }
        },
        PUBLISH_A_ZONE {
            @Override
            Scene set(HubFixture hub) {
                DataBlockProducer out = hub.closing(hub.hub().create(spec()));
                DataBlockConsumer in = hub.closing(hub.hub().attach("b", ConsumerSpec.observer()));
                // A writer that stays inside its edit until it is told to leave.
                AtomicBoolean leave = new AtomicBoolean();
                AtomicBoolean inside = new AtomicBoolean();
                FlexibleZone theirs = out.zone("z");
                Background<Long> writer = Background.run(() -> theirs.publish(SOON, zone -> {
                    inside.set(true);
                    while (!leave.get()) Thread.onSpinWait();
                }));
                hub.closing(() -> leave.set(true));
                eventually(inside::get);
                FlexibleZone zone = in.zone("z");
                return new Scene(
                        timeout -> zone.publish(timeout, edit -> {}),
                        ErrorCode.LOCK_TIMEOUT,
                        () -> {
                            leave.set(true);
                            writer.result();
                        },
                        2L,
                        in);
            }
        },
        AWAIT_A_CHANGE {
            @Override
            Scene set(HubFixture hub) {
                DataBlockProducer out = hub.closing(hub.hub().create(spec()));
                DataBlockConsumer in = hub.closing(hub.hub().attach("b", ConsumerSpec.observer()));
                FlexibleZone zone = in.zone("z");
                int seen = zone.changes();
                return new Scene(
                        timeout -> zone.awaitChange(seen, timeout),
                        false,
                        () -> out.zone("z").set(0, 1),
                        true,
                        in);
            }
        },
        ATTACH {
            @Override
            Scene set(HubFixture hub) {
                Hub user = hub.open("user");
                return new Scene(
                        timeout -> user.attach("b", ConsumerSpec.lossless().attachTimeout(timeout))
                                .name(),
                        ErrorCode.BLOCK_NOT_FOUND,
                        () -> hub.hub().declare(spec()),
                        "b",
                        user);
            }
        };

        abstract Scene set(HubFixture hub);

        static BlockSpec spec() {
            return BlockSpec.named("b")
                    .slots(SLOTS)
                    .batch(2)
                    .slotBytes(8)
                    .locks(1)
                    .zone("z", 8, 1)
                    .writeTimeout(SOON);
        }

        /// A producer that a lossless consumer gates.
        static DataBlockProducer gated(HubFixture hub, Duration writeTimeout) {
            DataBlockProducer out = hub.closing(hub.hub().create(spec().writeTimeout(writeTimeout)));
            reader = hub.closing(hub.open("other").attach("b", ConsumerSpec.lossless()));
            for (int i = 0; i < SLOTS; i++) out.write(tx -> {});
            return out;
        }

        /// A consumer that has nothing to read.
        static DataBlockConsumer idle(HubFixture hub, ConsumerSpec spec) {
            writer = hub.closing(hub.open("other").create(spec()));
            return hub.closing(hub.hub().attach("b", spec));
        }

        static Runnable readOne(HubFixture hub) {
            return () -> assertEquals(Next.SLOT, reader.read(SOON, slot -> {}));
        }

        static Runnable readAll(HubFixture hub) {
            return () -> {
                for (int i = 0; i < SLOTS; i++) readOne(hub).run();
            };
        }

        static Runnable writeOne(HubFixture hub) {
            return () -> writer.write(tx -> {});
        }

        private static DataBlockConsumer reader;
        private static DataBlockProducer writer;
    }

    @ParameterizedTest
    @EnumSource
    void zeroLooksOnceAndANegativeTimeToo(Call kind) {
        Scene scene = kind.set(hub);
        assertEquals(scene.over, scene.answer(Duration.ZERO));
        if (kind != Call.ATTACH) { // its spec refuses such a time
            assertEquals(scene.over, scene.answer(Duration.ofNanos(-1)));
            assertEquals(scene.over, scene.answer(Duration.ofSeconds(Long.MIN_VALUE)));
        }
        scene.satisfy.run();
        assertEquals(scene.good, scene.answer(Duration.ZERO));
    }

    @ParameterizedTest
    @EnumSource
    void aWaitEndsWithItsTime(Call kind) {
        Scene scene = kind.set(hub);
        long begin = hub.kernel.nanos();
        assertEquals(scene.over, scene.answer(Duration.ofMillis(20)));
        assertTrue(hub.kernel.nanos() - begin >= 20_000_000, "it did not wait");
    }

    @ParameterizedTest
    @EnumSource
    void theLongestTimeIsForEver(Call kind) {
        Scene scene = kind.set(hub);
        Background<Object> waiting = waiting(scene, LONGEST, false);
        scene.satisfy.run();
        assertEquals(scene.good, waiting.result());
    }

    @ParameterizedTest
    @EnumSource
    void aVirtualThreadWaitsAsWell(Call kind) {
        Scene scene = kind.set(hub);
        Background<Object> waiting = waiting(scene, LONGEST, true);
        scene.satisfy.run();
        assertEquals(scene.good, waiting.result());
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsTheWaitAndNothingElse(Call kind) {
        Scene scene = kind.set(hub);
        for (boolean virtual : new boolean[] {false, true}) {
            Background<Object> waiting = waiting(scene, LONGEST, virtual);
            waiting.thread().interrupt();
            assertRefusal(ErrorCode.INTERRUPTED, waiting.failure());
        }
        scene.satisfy.run();
        assertEquals(scene.good, scene.answer(SOON));
    }

    @ParameterizedTest
    @EnumSource
    void aCloseEndsTheWait(Call kind) throws Exception {
        Scene scene = kind.set(hub);
        Background<Object> waiting = waiting(scene, LONGEST, false);
        scene.owner.close();
        assertRefusal(ErrorCode.HANDLE_CLOSED, waiting.failure());
        assertEquals(ErrorCode.HANDLE_CLOSED, scene.answer(Duration.ZERO));
    }

    /// Calls without a time of their own take that of their block or hub, and none for a loop.
    @ParameterizedTest
    @EnumSource
    void callsThatNameNoTimeTakeTheConfiguredOne(Waiting kind) throws Exception {
        kind.run(this);
    }

    /// Those calls.
    enum Waiting {
        WRITE {
            @Override
            void run(TimeoutsTest test) {
                DataBlockProducer out = Call.gated(test.hub, Duration.ofMillis(5));
                assertEquals(
                        ErrorCode.WRITE_TIMEOUT,
                        Refusals.assertRefused(ErrorCode.WRITE_TIMEOUT, () -> out.write(tx -> {}))
                                .code());
                Refusals.assertRefused(ErrorCode.WRITE_TIMEOUT, () -> out.writeBatch(2, batch -> {}));
                assertEquals(SLOTS, out.next());
            }
        },
        READ {
            @Override
            void run(TimeoutsTest test) {
                DataBlockConsumer in = Call.idle(test.hub, ConsumerSpec.lossless());
                assertEquals(org.datahub.api.Timeouts.defaults().read(), in.readTimeout());
            }
        },
        FOLLOW {
            @Override
            void run(TimeoutsTest test) {
                DataBlockConsumer in = Call.idle(test.hub, ConsumerSpec.lossless());
                Iterator<?> loop = in.follow().iterator();
                Background<Boolean> waiting = test.waiting(loop::hasNext, false);
                waiting.thread().interrupt();
                assertRefusal(ErrorCode.INTERRUPTED, waiting.failure());
                Background<Boolean> again = test.waiting(loop::hasNext, true);
                Call.writeOne(test.hub).run();
                assertTrue(again.result());
                loop.next();
                Background<Boolean> last = test.waiting(loop::hasNext, false);
                Call.writer.close();
                assertFalse(last.result(), "the stream has ended");
                Background<Boolean> closed = test.waitingForASuccessor(in);
                in.close();
                assertRefusal(ErrorCode.HANDLE_CLOSED, closed.failure());
            }
        },
        CREATE {
            @Override
            void run(TimeoutsTest test) {
                Call.idle(test.hub, ConsumerSpec.lossless());
                Refusals.assertRefused(
                        ErrorCode.PRODUCER_CONFLICT, () -> test.hub.hub().create(Call.spec()));
                Background<?> waiting = test.waiting(() -> test.hub.hub().create(Call.spec()), false);
                waiting.thread().interrupt();
                assertRefusal(ErrorCode.INTERRUPTED, waiting.failure());
            }
        };

        abstract void run(TimeoutsTest test) throws Exception;
    }

    /// A loop on a stream that goes on: its next producer is there.
    private Background<Boolean> waitingForASuccessor(DataBlockConsumer in) {
        Call.writer = hub.closing(hub.open("successor").create(Call.spec()));
        return waiting(in.follow().iterator()::hasNext, false);
    }

    private Background<Object> waiting(Scene scene, Duration timeout, boolean virtual) {
        return waiting(() -> scene.call.apply(timeout), virtual);
    }

    /// The call waits by now: it has looked at the clock again and again.
    private <T> Background<T> waiting(java.util.concurrent.Callable<T> call, boolean virtual) {
        long before = hub.kernel.clockReads.sum();
        Background<T> waiting = virtual ? Background.virtual(call) : Background.run(call);
        eventually(() -> hub.kernel.clockReads.sum() > before + 10);
        assertTrue(waiting.running());
        return waiting;
    }
}
