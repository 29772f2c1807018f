package org.datahub.itests.crash;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/// Starts JVMs with this module's classes, fast: small, one compiler, and with the classes that
/// the first one loaded in an archive that the others map.
final class Jvm {
    /// Of a process that SIGKILL ended.
    static final int KILLED = 128 + Death.SIGKILL;

    private static final Path SCRATCH = newScratch();
    private static final String CLASS_PATH = classPath();
    private static final Path ARCHIVE = SCRATCH.resolve("classes.jsa");
    private static final List<String> OPTIONS = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-Xmx64m",
            "-Xlog:disable",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private Jvm() {}

    private static Path newScratch() {
        try {
            return Files.createDirectories(Path.of(System.getProperty("crash.dir", "target/crash")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Where files of this test run go.
    static Path scratch() {
        return SCRATCH;
    }

    /// Starts `main` with these options and arguments; what it prints goes to `log`.
    static Process start(Class<?> main, List<String> options, List<String> arguments, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Arrays.asList(System.getProperty("datahub.jvm", "").split(" ")));
        command.addAll(OPTIONS);
        if (Files.exists(ARCHIVE)) command.add("-XX:SharedArchiveFile=" + ARCHIVE);
        command.addAll(options);
        command.addAll(List.of("-cp", CLASS_PATH, main.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /// The options of a JVM that leaves the archive behind at its good end, in the place of one of other classes.
    static List<String> archiving() throws IOException {
        Files.deleteIfExists(ARCHIVE);
        return List.of("-XX:ArchiveClassesAtExit=" + ARCHIVE);
    }

    /// Without it the victims take a third longer.
    static void requireArchive() {
        if (!Files.exists(ARCHIVE)) throw new AssertionError("no archive of classes was made: " + ARCHIVE);
    }

    /// Waits for the end of a process; returns its exit code.
    static int await(Process process) throws InterruptedException {
        if (process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) return process.exitValue();
        process.destroyForcibly();
        throw new AssertionError("a process hangs: pid=" + process.pid());
    }

    /// The jars that DataHub and this module are in: an archive of classes takes no directories.
    private static String classPath() {
        List<String> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path place = Path.of(entry).toAbsolutePath();
            boolean needed = Files.isDirectory(place) || entry.contains("org.datahub") || entry.contains("slf4j");
            if (!needed) continue;
            path.add(Files.isDirectory(place) ? jar(place, path.size()).toString() : place.toString());
        }
        return String.join(File.pathSeparator, path);
    }

    private static Path jar(Path directory, int number) {
        Path jar = SCRATCH.resolve("classes-" + number + ".jar").toAbsolutePath();
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                entries.putNextEntry(new JarEntry(directory.relativize(file).toString()));
                Files.copy(file, entries);
                entries.closeEntry();
            }
            return jar;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
