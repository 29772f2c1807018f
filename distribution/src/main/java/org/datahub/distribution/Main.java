package org.datahub.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Properties;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.HubOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command line `datahub`: picocli understands the words, each command is a class, and every
/// way to end is here.
@Command(
        name = "datahub",
        versionProvider = Main.Version.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        description = "Exchange of large binary records between programs on one machine, through shared memory.",
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            PubCommand.class,
            TapCommand.class,
            LsCommand.class,
            InfoCommand.class,
            RmCommand.class,
            EvictCommand.class,
            HandoverCommand.class,
            KeyCommand.class,
            ErrorsCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  datahub demo",
            "  datahub pub camera --from video.raw --slot-bytes 1MiB --wait-consumers 1",
            "  datahub tap camera --raw > copy.raw",
            "",
            "Exit status: 0 done, 1 failure, 2 usage, 3 not found, 4 refused, 5 timeout, 6 permission,",
            "8 integrity, 9 engine missing, 130 interrupted, 141 standard output closed."
        })
public final class Main implements Runnable {
    private static final int INTERRUPTED = 130;

    private final Terminal terminal;
    private final Stop stop;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--hub",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Hub directory (default: $DATAHUB_DIR, else /dev/shm/datahub-<uid>).")
    private Path hubDirectory;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of an error.")
    private boolean verbose;

    /// Commands speak through `terminal` and end when `stop` says so.
    public Main(Terminal terminal, Stop stop) {
        this.terminal = terminal;
        this.stop = stop;
    }

    /// Runs one command and ends the process with its status.
    public static void main(String[] args) {
        Stop stop = new Stop(Thread.currentThread());
        stop.listen();
        int status = new Main(Terminal.standard(), stop).run(args);
        stop.finished();
        System.exit(status);
    }

    /// Runs the command that `args` name, and returns its exit status.
    public int run(String... args) {
        HelpWriter help = new HelpWriter(terminal.out());
        try {
            int status = new CommandLine(this)
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                    .setUsageHelpWidth(100)
                    .setOut(new PrintWriter(help, true))
                    .setErr(new PrintWriter(terminal.err(), true))
                    .setParameterExceptionHandler((e, words) -> failed(e, e.getCommandLine()))
                    .setExecutionExceptionHandler((e, line, parsed) -> failed(e, line))
                    .execute(args);
            return help.failure() == null ? status : failed(help.failure(), spec.commandLine());
        } catch (LinkageError | java.util.ServiceConfigurationError | InternalError e) {
            return failed(e, spec.commandLine());
        }
    }

    private int failed(Throwable failure, CommandLine line) {
        if (stop.requested() && causedByStop(failure)) return INTERRUPTED;
        if (failure instanceof OutputClosed) return OutputClosed.EXIT;
        ErrorText text = ErrorText.of(failure, line.getCommandSpec().qualifiedName());
        text.print(terminal.err());
        if (verbose) failure.printStackTrace(terminal.err());
        return text.exit();
    }

    private static boolean causedByStop(Throwable failure) {
        return failure instanceof ClosedByInterruptException
                || failure instanceof InterruptedException
                || failure instanceof DataHubException e && e.code() == ErrorCode.INTERRUPTED;
    }

    /// Without a command there is nothing to do.
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "no command: one of run, demo, pub, tap, ls, info, rm, evict, handover, key, errors");
    }

    Terminal terminal() {
        return terminal;
    }

    Stop stop() {
        return stop;
    }

    /// The hub directory that was named, or null.
    Path hubDirectory() {
        return hubDirectory;
    }

    /// Opens the hub; `label` is what people see of this process in `info`.
    DataHub hub(String label) {
        return hub(label, null);
    }

    /// The same with key files for keyed integrity, the newest first; null for none.
    DataHub hub(String label, Path[] keys) {
        HubOptions options = ProviderFiles.read(HubOptions.defaults().label(label));
        if (keys != null) options = KeyCommand.configure(options, keys);
        return DataHub.open(hubDirectory == null ? options : options.directory(hubDirectory));
    }

    /// The version that Maven wrote into the jar.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties properties = new Properties();
            String path = "/META-INF/maven/org.datahub/org.datahub.distribution/pom.properties";
            try (InputStream in = Main.class.getResourceAsStream(path)) {
                if (in != null) properties.load(in);
            }
            return new String[] {"datahub " + properties.getProperty("version", "(unknown version)")};
        }
    }
}
