package org.datahub.itests.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Does many things, some at a time: a victim waits more than it works.
final class Workers {
    private static final int MOST_SHOWN = 5;

    private final ExecutorService threads =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors() + 1);
    private final List<Future<?>> work = new ArrayList<>();

    /// Something to do that may fail.
    interface Work {
        void run() throws Exception;
    }

    void add(Work task) {
        Callable<Void> call = () -> {
            task.run();
            return null;
        };
        work.add(threads.submit(call));
    }

    /// Waits for all of it; fails with what failed.
    void finish() throws InterruptedException {
        threads.shutdown();
        List<Throwable> failures = new ArrayList<>();
        for (Future<?> each : work) {
            try {
                each.get();
            } catch (ExecutionException e) {
                failures.add(e.getCause());
            }
        }
        if (failures.isEmpty()) return;
        StringBuilder what = new StringBuilder("failed: " + failures.size() + " of " + work.size());
        failures.stream().limit(MOST_SHOWN).forEach(each -> what.append("\n").append(each.getMessage()));
        AssertionError error = new AssertionError(what.toString());
        failures.forEach(error::addSuppressed);
        throw error;
    }
}
