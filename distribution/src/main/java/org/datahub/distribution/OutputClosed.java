package org.datahub.distribution;

import java.io.IOException;

/// Nobody reads the standard output any more, as in `datahub tap camera --raw | head -c 10`.
final class OutputClosed extends IOException {
    private static final long serialVersionUID = 1;

    /// What a shell sees of a tool that died of SIGPIPE, which is how most tools end here: 128 +
    /// 13.
    static final int EXIT = 141;

    OutputClosed(IOException cause) {
        super("standard output is closed", cause);
    }
}
