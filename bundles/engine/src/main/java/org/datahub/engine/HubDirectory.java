package org.datahub.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.layout.PlaceLayout;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.KernelException;

/// The directory that holds the blocks, and the names in it. Opened and checked once; everything
/// below it is opened
/// relative to its descriptor.
final class HubDirectory implements AutoCloseable {
    private static final int PRIVATE = 0700;
    private static final int SHARED = 03770;
    private static final int MOST_NAME_BYTES = 255;

    private final Path path;
    private final Directory directory;
    private final AtomicInteger uses = new AtomicInteger(1); // the hub's, and one for each call and block

    private HubDirectory(Path path, Directory directory) {
        this.path = path;
        this.directory = directory;
    }

    /// Opens `chosen`, or `$DATAHUB_DIR`, or the caller's own directory below /dev/shm, which is
    /// made where it is missing.
    ///
    /// @throws DataHubException `DH-1001` when it can't be trusted
    static HubDirectory open(Kernel kernel, Path chosen) {
        String variable = System.getenv("DATAHUB_DIR");
        if (chosen != null) return open(kernel, chosen, false);
        if (variable != null && !variable.isEmpty()) return open(kernel, Path.of(variable), false);
        return open(kernel, Path.of("/dev/shm/datahub-" + kernel.uid()), true);
    }

    private static HubDirectory open(Kernel kernel, Path path, boolean make) {
        Path absolute = path.toAbsolutePath().normalize();
        Directory directory;
        try {
            if (make) kernel.makeDirectory(absolute, PRIVATE);
            directory = kernel.openDirectory(absolute);
        } catch (KernelException e) {
            throw untrusted(absolute, reason(e), e);
        }
        String distrust = distrust(directory.status(), kernel.uid(), make);
        if (distrust == null) return new HubDirectory(absolute, directory);
        directory.close();
        throw untrusted(absolute, distrust, null);
    }

    /// Whether the directory is fit and the process has reached a limit of its own.
    private static boolean limit(KernelException e) {
        return e != null
                && (e.errno() == KernelException.EMFILE
                        || e.errno() == KernelException.ENFILE
                        || e.errno() == KernelException.ENOMEM);
    }

    private static String reason(KernelException e) {
        return switch (e.errno()) {
            case KernelException.ENOENT -> "it does not exist";
            case KernelException.ENOTDIR, KernelException.ELOOP -> "it is no directory, or a symbolic link";
            case KernelException.EACCES, KernelException.EPERM -> "no permission";
            default -> e.getMessage();
        };
    }

    /// Why the directory can't be trusted; null where it can. One that is shared was chosen: at the
    /// place that everybody
    /// knows, another user may have put his own.
    private static String distrust(FileStatus status, int uid, boolean everybodyKnows) {
        return status.mode() == SHARED && !everybodyKnows ? null : distrust(status, uid);
    }

    /// Why a directory can't be trusted that is to be the caller's alone; null where it can.
    static String distrust(FileStatus status, int uid) {
        if (status.uid() != uid) {
            return "it belongs to another user: owner=" + status.uid() + ", caller=" + uid;
        }
        if (status.othersMayWrite()) {
            return "others may write it: mode=" + Integer.toOctalString(status.mode());
        }
        return null;
    }

    private static DataHubException untrusted(Path path, String why, KernelException cause) {
        return new DataHubException(
                ErrorCode.HUB_DIRECTORY,
                "the hub directory can't be used: path=" + path + ": " + why,
                limit(cause)
                        ? cause.advice()
                        : "make one that only you may write (mkdir -m 700 " + path
                                + ") or, for a group, one of mode 3770; or set DATAHUB_DIR to another",
                cause);
    }

    Path path() {
        return path;
    }

    Directory directory() {
        return directory;
    }

    /// @throws DataHubException `DH-1002`
    static String checked(String name) {
        String fault = fault(name);
        if (fault == null) return name;
        String shown = name.length() > 60 ? name.substring(0, 60) + "..." : name;
        throw new DataHubException(
                ErrorCode.BLOCK_NAME,
                "not a block name: name='" + shown.replaceAll("\\p{Cc}", "?") + "': " + fault,
                "use 1 to 255 bytes without slash and control characters, not starting with a dot");
    }

    /// Why it is no block name; null where it is one.
    private static String fault(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0) return "it is empty";
        if (bytes.length > MOST_NAME_BYTES)
            return "it is too long: bytes=" + bytes.length + ", most=" + MOST_NAME_BYTES;
        if (name.startsWith(".")) return "it starts with a dot";
        if (name.indexOf('/') >= 0) return "it has a slash";
        if (name.chars().anyMatch(Character::isISOControl)) return "it has a control character";
        return new String(bytes, StandardCharsets.UTF_8).equals(name) ? null : "it is no valid text";
    }

    /// Names of the blocks, sorted.
    ///
    /// @throws DataHubException `DH-1012`
    List<String> blocks() {
        try {
            return directory.list().stream()
                    .filter(name -> fault(name) == null)
                    .filter(name -> {
                        FileStatus status = directory.status(name);
                        return status != null && (status.kind() == FileStatus.Kind.DIRECTORY || tells(status));
                    })
                    .toList();
        } catch (KernelException e) {
            throw new DataHubException(
                    ErrorCode.KERNEL, "the hub directory can't be read: " + e.getMessage(), e.advice(), e);
        }
    }

    /// Whether it may be a file that tells where a block is.
    private static boolean tells(FileStatus status) {
        return status.kind() == FileStatus.Kind.REGULAR && status.bytes() == PlaceLayout.BYTES;
    }

    /// The descriptor stays until this use is closed, whoever closes the hub meanwhile: another
    /// file must not get its number under a call.
    ///
    /// @throws DataHubException `DH-2007` when the hub is closed
    Use use() {
        if (uses.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0) return new Use();
        throw Hub.closed("hub=" + path);
    }

    /// A call or a block that needs the directory.
    final class Use implements AutoCloseable {
        private Use() {}

        @Override
        public void close() {
            if (uses.decrementAndGet() == 0) directory.close();
        }
    }

    /// The last one out closes the descriptor.
    @Override
    public void close() {
        new Use().close();
    }
}
