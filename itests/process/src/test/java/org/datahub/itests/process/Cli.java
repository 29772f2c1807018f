package org.datahub.itests.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The command line as users unpack it.
final class Cli {
    private static final Path HOME = Path.of(System.getProperty("datahub.dir", "../../distribution/target/datahub"))
            .toAbsolutePath()
            .normalize();

    private final Path distribution;
    private final Path hub;
    private final String options;

    private Cli(Path distribution, Path hub, String options) {
        this.distribution = distribution;
        this.hub = hub;
        this.options = options;
    }

    /// Whose hub directory is `hub`.
    Cli(Path hub) {
        this(HOME, hub, "");
    }

    /// The same of another copy of the distribution.
    Cli of(Path copy) {
        return new Cli(copy, hub, options);
    }

    /// The same for commands that end soon: with the quick compiler only.
    Cli brief() {
        return new Cli(distribution, hub, "-XX:TieredStopAtLevel=1");
    }

    /// Copies the distribution into this directory; everybody may read and run it.
    static void copy(Path to) throws IOException {
        try (Stream<Path> all = Files.walk(HOME)) {
            for (Path source : all.toList()) {
                Path target = to.resolve(HOME.relativize(source));
                if (!source.equals(HOME)) Files.copy(source, target);
                boolean runs = Files.isDirectory(source) || Files.isExecutable(source);
                Files.setPosixFilePermissions(
                        target, PosixFilePermissions.fromString(runs ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    /// The distribution as users unpack it.
    static Path home() {
        return HOME;
    }

    /// How a command ended.
    ///
    /// @param exit its exit code
    /// @param out its standard output
    /// @param error its standard error
    record Ended(int exit, List<String> out, List<String> error) {}

    /// Starts a command, whose output is read line by line.
    Child start(String... words) throws IOException {
        return into(null, words);
    }

    /// Starts a command, whose output goes to `sink`.
    Child into(OutputStream sink, String... words) throws IOException {
        return Child.start("datahub " + String.join(" ", words), environment(), sink, command(distribution, words));
    }

    /// Runs a command with nothing to read, to its end.
    Ended run(String... words) throws Exception {
        try (Child child = start(words)) {
            child.input().close();
            return end(child);
        }
    }

    /// Runs a command whose standard streams a shell has changed as by `redirection`.
    Ended redirected(String redirection, String... words) throws Exception {
        List<String> shell = new ArrayList<>(List.of("sh", "-c", "exec \"$0\" \"$@\" " + redirection));
        shell.addAll(command(distribution, words));
        try (Child child = Child.start("datahub " + String.join(" ", words), environment(), null, shell)) {
            return end(child);
        }
    }

    static Ended end(Child child) throws InterruptedException {
        int exit = child.exit();
        return new Ended(exit, child.lines(), child.errors());
    }

    static List<String> command(String... words) {
        return command(HOME, words);
    }

    private static List<String> command(Path distribution, String... words) {
        List<String> command = new ArrayList<>();
        command.add(distribution.resolve("bin/datahub").toString());
        command.addAll(List.of(words));
        return command;
    }

    Map<String, String> environment() {
        return Map.of(
                "DATAHUB_DIR",
                hub.toString(),
                "DATAHUB_JAVA_HOME",
                System.getProperty("java.home"),
                "DATAHUB_JAVA_OPTS",
                options);
    }
}
