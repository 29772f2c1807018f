package org.datahub.distribution;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;
import sun.misc.Signal;

/// The hub: an OSGi framework in this process, with the bundles of the distribution and the files
/// of a home directory.
///
/// The distribution (`bundles/`) may be read-only. The home holds `config/` and `deploy/`, which
/// may change while the
/// hub runs, and `cache/`, which is made new at each start.
public final class HubLauncher {
    private static final String USAGE = """
            Usage: datahub run [--home DIR] [--no-shell]
            Runs the hub in the foreground until it is told to stop (SIGTERM, SIGINT, or `exit` in its shell).

                  --home DIR   where config/, deploy/ and cache/ are (default: $DATAHUB_HOME, else the distribution)
                  --no-shell   no shell, even at a terminal
            """;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final int SIGINT_STATUS = 130;

    /// Log and events: there for all others, also while those stop.
    private static final int BASE = 1;

    private static final int SERVICES = 2;
    /// After Config Admin and before ours: they meet their configuration when they start, and do
    /// not start twice.
    private static final int FILES = 3;

    private static final int DATAHUB = 4;
    private static final int SHELL = 5;

    private HubLauncher() {}

    /// Takes the arguments after `datahub run`.
    public static void main(String[] args) {
        Path home = null;
        boolean shell = true;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--home" -> {
                    if (++i == args.length) refuse("--home needs a directory");
                    home = Path.of(args[i]);
                }
                case "--no-shell" -> shell = false;
                case "-h", "--help" -> {
                    System.out.print(USAGE);
                    System.exit(0);
                }
                default -> {
                    if (!args[i].startsWith("--home=")) refuse("unknown argument: " + args[i]);
                    home = Path.of(args[i].substring("--home=".length()));
                }
            }
        }
        System.exit(run(home, shell && atTerminal()));
    }

    private static void refuse(String message) {
        say(message);
        System.err.print(USAGE);
        System.exit(2);
    }

    private static boolean atTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }

    /// Runs the hub until it is stopped, and returns the exit status: 0 after a stop that was asked
    /// for (SIGTERM, the
    /// shell), 130 after SIGINT, 1 when the hub could not start; the reason is then on the standard
    /// error stream.
    ///
    /// @param home where `config/`, `deploy/` and `cache/` are; null for `$DATAHUB_HOME`, or else
    /// the distribution
    /// @param shell whether to start the shell on this process's terminal
    public static int run(Path home, boolean shell) {
        try {
            Path distribution = distribution();
            Path place = place(home, distribution);
            try (FileChannel lock = lock(place)) {
                return runIn(place, distribution, shell);
            }
        } catch (IOException e) {
            say(e.toString());
        } catch (BundleException e) {
            say("the framework does not start: " + e.getMessage());
        } catch (Refused e) {
            say(e.getMessage());
        }
        return 1;
    }

    /// What the operator has to put right.
    private static final class Refused extends Exception {
        Refused(String message) {
            super(message);
        }
    }

    private static void say(String message) {
        System.err.println("datahub: " + message);
    }

    /// The directory whose `lib/` this class was loaded from.
    private static Path distribution() throws Refused {
        Path jar;
        try {
            jar = Path.of(HubLauncher.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        Path distribution = jar.getParent().getParent();
        if (!Files.isDirectory(distribution.resolve("bundles"))) {
            throw new Refused("not started from a distribution: no directory " + distribution.resolve("bundles"));
        }
        return distribution;
    }

    /// `$DATAHUB_HOME`, or else the distribution.
    private static Path home(Path distribution) {
        String environment = System.getenv("DATAHUB_HOME");
        return environment == null || environment.isEmpty() ? distribution : Path.of(environment);
    }

    /// Where the configuration files are that a hub of this environment reads; null where the classes
    /// are not those of a distribution.
    static Path configuration() {
        try {
            return home(distribution()).resolve("config");
        } catch (Refused e) {
            return null;
        }
    }

    /// The home, with its directories made. A new `config/` starts with the files that are shipped.
    private static Path place(Path asked, Path distribution) throws Refused {
        Path home =
                (asked == null ? home(distribution) : asked).toAbsolutePath().normalize();
        try {
            Files.createDirectories(home.resolve("deploy"));
            Path config = home.resolve("config");
            if (Files.notExists(config)) {
                Files.createDirectory(config);
                try (DirectoryStream<Path> shipped = Files.newDirectoryStream(distribution.resolve("config"))) {
                    for (Path file : shipped) {
                        if (Files.isRegularFile(file)) Files.copy(file, config.resolve(file.getFileName()));
                    }
                }
            }
        } catch (IOException e) {
            throw new Refused("cannot prepare the home: home=" + home + ", reason=" + e);
        }
        if (!Files.isWritable(home)) {
            throw new Refused("the home is not writable: home=" + home + "; choose another with --home DIR");
        }
        return home;
    }

    /// Held while the hub runs: two frameworks in one cache would destroy each other's files.
    private static FileChannel lock(Path home) throws IOException, Refused {
        FileChannel channel =
                FileChannel.open(home.resolve("hub.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            throw new Refused("another hub runs in this home: home=" + home + "; choose another with --home DIR");
        }
        return channel;
    }

    private static int runIn(Path home, Path distribution, boolean shell) throws BundleException, IOException, Refused {
        long begin = System.nanoTime();
        Framework framework = ServiceLoader.load(FrameworkFactory.class, HubLauncher.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new Refused("no OSGi framework in " + distribution.resolve("lib")))
                .newFramework(properties(home, distribution));
        var started = new CountDownLatch(1);
        var status = new AtomicInteger();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(framework, started), "datahub-stop"));
        stopOn("TERM", 0, status, framework, started);
        stopOn("INT", SIGINT_STATUS, status, framework, started);
        try {
            start(framework, distribution.resolve("bundles"), shell);
            say("hub is up: home=%s, pid=%d, start_ms=%d"
                    .formatted(
                            home,
                            ProcessHandle.current().pid(),
                            Duration.ofNanos(System.nanoTime() - begin).toMillis()));
        } finally {
            started.countDown();
        }
        try {
            framework.waitForStop(0);
        } catch (InterruptedException e) {
            stop(framework, started);
            Thread.currentThread().interrupt();
        }
        return status.get();
    }

    private static void start(Framework framework, Path directory, boolean shell)
            throws BundleException, IOException, Refused {
        // The framework's threads inherit this: libraries that ask it for classes then take their own bundle's instead.
        Thread.currentThread().setContextClassLoader(null);
        framework.init();
        framework.getBundleContext().addFrameworkListener(HubLauncher::report);
        List<Bundle> bundles = install(framework.getBundleContext(), directory, shell);
        framework.start();
        for (Bundle bundle : bundles) {
            if (bundle.getState() != Bundle.ACTIVE) {
                throw new Refused("a bundle of the distribution does not start: bundle=" + bundle.getSymbolicName());
            }
        }
    }

    private static Map<String, String> properties(Path home, Path distribution) {
        return Map.ofEntries(
                Map.entry("datahub.home", home.toString()), // ${datahub.home} in .cfg files
                Map.entry(Constants.FRAMEWORK_STORAGE, home.resolve("cache").toString()),
                Map.entry(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT),
                Map.entry(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, String.valueOf(SHELL)),
                Map.entry("gosh.home", distribution.toString()), // etc/gosh_profile
                // What a jar in deploy/ may stand for.
                Map.entry(
                        "datahub.bundles",
                        distribution.resolve("bundles").toUri().toString()),
                // Bundles see what they import, never this process's class path.
                Map.entry("felix.bootdelegation.implicit", "false"),
                // config/ first: a bundle in deploy/ finds its configuration.
                Map.entry("felix.fileinstall.dir", home.resolve("config") + "," + home.resolve("deploy")),
                Map.entry("felix.fileinstall.filter", ".*\\.(cfg|config|jar)"),
                Map.entry("felix.fileinstall.poll", "500"),
                Map.entry("felix.fileinstall.noInitialDelay", "true"),
                Map.entry("felix.fileinstall.start.level", String.valueOf(DATAHUB)),
                // The files belong to the operator: what Config Admin is told otherwise is not written back.
                Map.entry("felix.fileinstall.enableConfigSave", "false"),
                Map.entry("felix.fileinstall.log.level", "3"), // what comes, is updated and goes
                Map.entry(
                        "felix.fileinstall.tmpdir",
                        home.resolve("cache/fileinstall").toString()));
    }

    private static List<Bundle> install(BundleContext context, Path directory, boolean shell)
            throws IOException, BundleException {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.jar")) {
            found.forEach(jars::add);
        }
        jars.sort(null);
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : jars) {
            int level = startLevel(jar.getFileName().toString());
            if (level == SHELL && !shell) continue;
            Bundle bundle = context.installBundle(jar.toUri().toString());
            bundle.adapt(BundleStartLevel.class).setStartLevel(level);
            bundles.add(bundle);
        }
        for (Bundle bundle : bundles) {
            bundle.start(Bundle.START_ACTIVATION_POLICY); // takes effect when the framework reaches the level
        }
        return bundles;
    }

    private static int startLevel(String jar) {
        if (jar.startsWith("pax-logging")) return BASE;
        if (jar.equals("org.datahub.config.files.jar")) return SERVICES; // File Install asks it for each file
        if (jar.startsWith("org.datahub.")) return DATAHUB;
        return switch (jar) {
            case "org.apache.felix.eventadmin.jar" -> BASE;
            case "org.apache.felix.fileinstall.jar" -> FILES;
            case "org.apache.felix.gogo.jline.jar", "jline.jar" -> SHELL;
            default -> SERVICES;
        };
    }

    private static void report(FrameworkEvent event) {
        if (event.getType() != FrameworkEvent.ERROR) return;
        Throwable cause = event.getThrowable();
        say("bundle=" + event.getBundle().getSymbolicName() + ": "
                + (cause == null ? "error" : cause.getCause() == null ? cause : cause + ", cause=" + cause.getCause()));
    }

    /// The first signal stops the framework, a second one or [#STOP_LIMIT] ends the process.
    /// Only `sun.misc.Signal` (module `jdk.unsupported`) tells SIGTERM from SIGINT; the warnings of
    /// javac can't be
    /// silenced.
    private static void stopOn(
            String signal, int exitStatus, AtomicInteger status, Framework framework, CountDownLatch started) {
        Signal.handle(new Signal(signal), first -> {
            Signal.handle(first, second -> Runtime.getRuntime().halt(128 + second.getNumber()));
            status.set(exitStatus);
            stop(framework, started);
        });
    }

    /// Stops the framework as soon as it has started: one that is stopped while it starts may come
    /// up again.
    private static void stop(Framework framework, CountDownLatch started) {
        try {
            if (started.await(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                framework.stop();
                FrameworkEvent end = framework.waitForStop(STOP_LIMIT.toMillis());
                if (end.getType() != FrameworkEvent.WAIT_TIMEDOUT) return;
            }
            say("the framework did not stop in time: limit=" + STOP_LIMIT);
        } catch (BundleException e) {
            say("the framework does not stop: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Runtime.getRuntime().halt(1);
    }
}
