package org.datahub.distribution;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.HubOptions;
import org.datahub.api.keys.KeyRing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Key files. Nothing here shows a key; its id tells nothing about it.
@Command(
        name = "key",
        description = "Makes key files for keyed integrity, shows the ids of keys, begins new key epochs.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  datahub key new camera.key",
            "  datahub pub camera --integrity hmac-sha256 --key-file camera.key --from video.raw --slot-bytes 1MiB",
            "  datahub tap camera --accept hmac-sha256 --key-file camera.key"
        })
final class KeyCommand implements Runnable {
    /// What a key is for.
    static final String[] ALGORITHMS = {"hmac-sha256", "blake2b-256"};

    private static final List<String> PIDS = List.of("org.datahub.integrity.hmac", "org.datahub.integrity.blake2b");

    @ParentCommand
    private Main datahub;

    @Spec
    private CommandSpec spec;

    /// Without a word there is nothing to do.
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command: one of key new, key show-id, key rotate");
    }

    @Command(
            name = "new",
            description =
                    "Makes a file with a new random key of 256 bit that its owner alone may read, and shows its id.")
    void make(@Parameters(paramLabel = "FILE", description = "Where; it must not exist.") Path file)
            throws IOException {
        try {
            KeyFiles.make(file);
        } catch (FileAlreadyExistsException e) {
            throw new DataHubException(
                    ErrorCode.KEY_REFUSED,
                    "the file exists, and no key is written over: path=" + file,
                    "name a new file",
                    e);
        }
        id(file);
    }

    @Command(name = "show-id", description = "Shows the id of the key in a file, as errors and logs name it.")
    void showId(@Parameters(paramLabel = "FILE", description = "A key file.") Path file) throws IOException {
        id(file);
    }

    @Command(
            name = "rotate",
            description =
                    "Has the producer of a block seal with another key from its next slot on, derived from the same"
                            + " secret.")
    void rotate(
            @Parameters(paramLabel = "NAME", description = "Name of the block.") String name,
            @Option(
                            names = "--key-file",
                            paramLabel = "FILE",
                            split = ",",
                            description = "The block's key: needed only where nobody produces.")
                    Path[] keyFiles,
            @Mixin AnswerTimeout timeout)
            throws IOException {
        try (DataHub hub = datahub.hub("key rotate", keyFiles)) {
            datahub.terminal()
                    .out()
                    .line(name + ": key.epoch=" + hub.admin(name).rotateKey(timeout.time()));
        }
        datahub.terminal().out().flush();
    }

    private void id(Path file) throws IOException {
        long id = KeyRing.of(Map.of(KeyRing.FILE, absolute(file))).newest();
        datahub.terminal().out().line("key.id=" + KeyRing.hex(id));
        datahub.terminal().out().flush();
    }

    private static String absolute(Path file) {
        return file.toAbsolutePath().normalize().toString();
    }

    /// Gives the files to the keyed providers, the newest first.
    static HubOptions configure(HubOptions options, Path[] files) {
        Map<String, String> words = Map.of(
                KeyRing.FILE,
                absolute(files[0]),
                KeyRing.PREVIOUS,
                Arrays.stream(files).skip(1).map(KeyCommand::absolute).collect(Collectors.joining(",")));
        HubOptions all = options;
        for (String pid : PIDS) all = all.configuration(pid, words);
        return all;
    }
}
