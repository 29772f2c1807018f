package org.datahub.itests.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.datahub.itests.crash.Notes.Word;

/// A role and the process that plays it now; the notes and the ledger outlive the process.
final class Player implements AutoCloseable {
    private final Role role;
    private final Path hub;
    private final String manner;
    private final Path notesFile;
    private final Path log;
    private final Notes notes;
    private Process process;
    private boolean killed;

    /// Not yet started. `manner` is `strict` or `tolerant`.
    Player(Role role, String name, Path hub, String manner) throws IOException {
        this.role = role;
        this.hub = hub;
        this.manner = manner;
        this.notesFile = Files.createTempFile(Jvm.scratch(), name + "-", ".notes");
        this.log = Path.of(notesFile + ".log");
        this.notes = new Notes(notesFile);
    }

    void start() throws IOException {
        notes.set(Word.READY, 0);
        killed = false;
        List<String> arguments =
                List.of(role.name(), hub.toString(), notesFile.toString(), ledger().toString(), manner);
        process = Jvm.start(Worker.class, List.of(), arguments, log);
    }

    Role role() {
        return role;
    }

    Notes notes() {
        return notes;
    }

    /// Lines of slot number and incarnation.
    Path ledger() {
        return Path.of(notesFile + ".ledger");
    }

    boolean ready() {
        requireSound();
        return notes.get(Word.READY) == 1;
    }

    void signal(int signal) {
        requireSound();
        killed |= signal == Death.SIGKILL;
        Death.signal(process.pid(), signal);
    }

    /// An end that nobody asked for is a failure.
    void requireSound() {
        if (process.isAlive() || killed) return;
        if (process.exitValue() != 0 || notes.get(Word.STOP) == 0) throw failed();
    }

    private AssertionError failed() {
        return new AssertionError(role + " ended: code=" + process.exitValue() + "\n" + said());
    }

    /// What its process printed.
    String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "nothing that could be read: " + e;
        }
    }

    /// It is dead, and everything of it is gone.
    void awaitDeath() throws InterruptedException {
        if (Jvm.await(process) != Jvm.KILLED) throw failed();
    }

    /// It was told to stop, and does so in order.
    void awaitEnd() throws InterruptedException {
        if (Jvm.await(process) != 0) throw failed();
    }

    @Override
    public void close() throws IOException {
        if (process != null) process.destroyForcibly();
        notes.close();
        Files.deleteIfExists(notesFile);
        Files.deleteIfExists(ledger());
        Files.deleteIfExists(log);
    }
}
