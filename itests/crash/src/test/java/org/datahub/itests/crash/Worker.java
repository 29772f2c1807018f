package org.datahub.itests.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.HubOptions;
import org.datahub.api.Timeouts;
import org.datahub.itests.crash.Notes.Word;

/// A process that plays a role until it is told to stop, or is killed.
///
/// Where a stranger writes into the control segment it is tolerant: a typed error is an answer,
/// and it begins anew. Nothing else is, whoever writes what.
final class Worker {
    private static final Duration BEAT = Duration.ofMillis(20);
    private static final long REST_NANOS = 1_000_000;
    private static final long LATE_NANOS = 500_000_000;

    private final DataHub hub;
    private final Notes notes;
    private final Path ledger;
    private final boolean tolerant;
    private long counted;
    private boolean finished;

    private Worker(DataHub hub, Notes notes, Path ledger, boolean tolerant) {
        this.hub = hub;
        this.notes = notes;
        this.ledger = ledger;
        this.tolerant = tolerant;
    }

    /// Arguments: role, hub directory, notes, ledger, `tolerant` or `strict`.
    public static void main(String[] args) throws Exception {
        Role role = Role.valueOf(args[0]);
        HubOptions options = new HubOptions(Path.of(args[1]), role.name(), Timeouts.defaults(), BEAT);
        try (DataHub hub = DataHub.open(options);
                Notes notes = new Notes(Path.of(args[2]))) {
            Worker worker = new Worker(hub, notes, Path.of(args[3]), args[4].equals("tolerant"));
            while (!worker.over()) worker.play(role);
        }
        System.exit(0);
    }

    private void play(Role role) throws Exception {
        try {
            role.play(this);
        } catch (DataHubException e) {
            if (!tolerant || e.code() == ErrorCode.SLOT_CORRUPT) throw e;
            notes.add(Word.REFUSED, 1);
            LockSupport.parkNanos(REST_NANOS);
        }
        if (!tolerant) finished = true;
    }

    private boolean over() {
        return finished || tolerant && stopping();
    }

    DataHub hub() {
        return hub;
    }

    Notes notes() {
        return notes;
    }

    boolean tolerant() {
        return tolerant;
    }

    boolean stopping() {
        return notes.get(Word.STOP) != 0;
    }

    /// Says how far it is.
    void progress(long done, long verified) {
        notes.set(Word.DONE, done);
        notes.add(Word.VERIFIED, verified - counted);
        counted = verified;
    }

    /// A new handle counts from 0.
    void begun() {
        counted = 0;
        notes.set(Word.READY, 1);
    }

    /// Writes down who wrote a slot.
    void wrote(long n, long incarnation) throws IOException {
        Files.writeString(ledger, n + " " + incarnation + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /// A call that should end within `time`.
    <T> T timed(Duration time, Supplier<T> call) {
        long begin = System.nanoTime();
        try {
            return call.get();
        } finally {
            long beyond = System.nanoTime() - begin - time.toNanos();
            if (beyond > LATE_NANOS) new Throwable("late: ms=" + beyond / 1_000_000).printStackTrace(System.out);
            if (beyond > notes.get(Word.LONGEST)) notes.set(Word.LONGEST, beyond);
        }
    }
}
