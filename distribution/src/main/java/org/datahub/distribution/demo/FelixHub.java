package org.datahub.distribution.demo;

import java.io.IOException;
import java.nio.file.Path;
import org.datahub.distribution.HubLauncher;

/// The hub of the demo, in a process of its own. It ends with the conductor, however hard that
/// dies, and is the last to see the demo's directories: so it takes them away.
public final class FelixHub {
    private FelixHub() {}

    /// Takes the home and the hub directory.
    public static void main(String[] arguments) throws IOException {
        Path home = Path.of(arguments[0]);
        Path blocks = Path.of(arguments[1]);
        Thread launcher = Thread.currentThread();
        Lifeline.watch(System.in, launcher::interrupt);
        int status = HubLauncher.run(home, false);
        Thread.interrupted();
        Place.delete(home);
        Place.delete(blocks);
        System.exit(status);
    }
}
