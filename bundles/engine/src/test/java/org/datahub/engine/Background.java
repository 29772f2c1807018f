package org.datahub.engine;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A piece of work in a thread of its own; whoever asks for its outcome waits for a bounded time.
final class Background<T> {
    private static final long SECONDS = 20;

    private final FutureTask<T> task;
    private final Thread thread;

    private Background(Thread.Builder builder, Callable<T> work) {
        task = new FutureTask<>(work);
        thread = builder.start(task);
    }

    static <T> Background<T> run(Callable<T> work) {
        return new Background<>(Thread.ofPlatform().daemon(), work);
    }

    static <T> Background<T> virtual(Callable<T> work) {
        return new Background<>(Thread.ofVirtual(), work);
    }

    Thread thread() {
        return thread;
    }

    boolean running() {
        return !task.isDone();
    }

    T result() {
        try {
            return task.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the work failed", e.getCause());
        } catch (TimeoutException | InterruptedException e) {
            throw late(e);
        }
    }

    /// What the work threw.
    Throwable failure() {
        try {
            throw new AssertionError("the work did not fail, it gave " + task.get(SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException | InterruptedException e) {
            throw late(e);
        }
    }

    private AssertionError late(Exception e) {
        AssertionError late = new AssertionError("the work has not ended; it stands in the trace below", e);
        if (!thread.isVirtual()) {
            Throwable there = new Throwable("where it stands");
            there.setStackTrace(thread.getStackTrace());
            late.addSuppressed(there);
        }
        return late;
    }
}
