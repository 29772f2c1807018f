package org.datahub.memory.file;

import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.AllocatorName;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.OperatorWords;
import org.datahub.api.spi.OwnDirectory;
import org.datahub.api.spi.Placement;
import org.datahub.api.spi.Reservation;
import org.datahub.api.spi.SegmentAllocator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/// Segments on any file system. A block that is created with it keeps all its files there, and so is
/// found again after a restart of the machine; a segment of another block has a directory of its own.
@Component(configurationPid = "org.datahub.memory.file")
@Designate(ocd = FileMemory.Config.class)
@AllocatorName("file")
public final class FileMemory implements SegmentAllocator {
    private static final String PID = "org.datahub.memory.file";
    private static final long PAGE_BYTES = 4096;
    private static final Pattern OURS = Pattern.compile("/.*/\\.segment-" + OwnDirectory.NAME);

    /// The operator's words.
    @ObjectClassDefinition(
            name = "DataHub memory: files",
            description = "Blocks in a directory of your choice, for blocks with allocator.target ="
                    + " (allocator.name=file)")
    public @interface Config {
        /// `directory`
        @AttributeDefinition(
                name = "Directory",
                description = "Where the blocks are kept; nobody else may write it. It must exist")
        String directory() default "";

        /// `numa.node`
        @AttributeDefinition(
                name = "NUMA node",
                description = "Where memory is taken from first; -1: anywhere. What was got is shown by info",
                min = "-1",
                max = "1023")
        int numa_node() default -1;

        /// `mlock`
        @AttributeDefinition(
                name = "Lock in memory",
                description =
                        "Whether the kernel may not give the pages back to the disk. What was got is shown by info")
        boolean mlock() default false;
    }

    /// What the operator wants.
    ///
    /// @param directory null while none is configured
    private record Settings(Path directory, Placement placement) {
        static Settings of(Map<String, String> words) {
            for (String key : words.keySet()) {
                if (key.equals("directory") || Placement.KEYS.contains(key)) continue;
                throw bad(key, words.get(key), "no such key; there are directory, mlock, numa.node");
            }
            String text = words.getOrDefault("directory", "").strip();
            if (!text.isEmpty() && !text.startsWith("/")) throw bad("directory", text, "give an absolute path");
            return new Settings(text.isEmpty() ? null : Path.of(text).normalize(), Placement.of(words));
        }
    }

    private final Kernel kernel;
    private final Settings settings;
    private final Reservation reservation = Reservation.onDisk();

    /// For `ServiceLoader`: without a directory, and with the kernel of the class path or module path.
    public FileMemory() {
        this(
                ServiceLoader.load(Kernel.class, FileMemory.class.getClassLoader())
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException(
                                "no kernel services: put org.datahub.posix on the class path or module path")),
                Settings.of(Map.of()));
    }

    /// With the operator's words.
    ///
    /// @throws DataHubException `DH-6001`
    @Activate
    public FileMemory(@Reference Kernel kernel, Map<String, Object> properties) {
        this(kernel, Settings.of(OperatorWords.of(properties)));
    }

    private FileMemory(Kernel kernel, Settings settings) {
        this.kernel = kernel;
        this.settings = settings;
    }

    private static DataHubException bad(String key, String value, String advice) {
        return new DataHubException(
                ErrorCode.CONFIGURATION, PID + " can't use " + key + ": " + key + "=" + value, advice);
    }

    @Override
    public SegmentAllocator configured(Map<String, String> words) {
        return new FileMemory(kernel, Settings.of(words));
    }

    @Override
    public String name() {
        return "file";
    }

    @Override
    public long pageBytes() {
        return PAGE_BYTES;
    }

    @Override
    public String home() {
        if (settings.directory != null) return settings.directory.toString();
        throw new DataHubException(
                ErrorCode.MEMORY_DIRECTORY,
                "no directory is configured for blocks in files: directory=unset",
                "set directory = in config/" + PID + ".cfg");
    }

    @Override
    public String locator() {
        return home() + "/.segment-" + OwnDirectory.name();
    }

    @Override
    public Allocation allocate(Directory block, String locator, String file, long bytes) {
        return settings.placement.make(kernel, () -> placed(block, locator, file, bytes));
    }

    private Allocation placed(Directory block, String locator, String file, long bytes) {
        if (locator.isEmpty()) return Allocation.in(reservation.make(block, file, bytes), PAGE_BYTES);
        Path path = Path.of(locator);
        try (Directory parent = kernel.openDirectory(path.getParent())) {
            long usable = parent.usableBytes();
            if (bytes > usable) throw Reservation.noSpace(parent, bytes, usable, null);
            try {
                NativeFile made = OwnDirectory.make(parent, path.getFileName().toString(), block, file, bytes);
                return new Allocation(made, locator, PAGE_BYTES, "");
            } catch (KernelException e) {
                if (e.errno() == KernelException.ENOSPC) {
                    throw Reservation.noSpace(parent, bytes, parent.usableBytes(), e);
                }
                throw e;
            }
        } catch (KernelException e) {
            if (e.errno() == KernelException.EEXIST) throw e;
            throw new DataHubException(
                    ErrorCode.MEMORY_DIRECTORY,
                    "the directory for segments can't be used: directory=" + path.getParent() + ": " + e.getMessage(),
                    "make one that you may write, and name it in config/" + PID + ".cfg",
                    e);
        }
    }

    @Override
    public NativeFile open(Directory block, String locator, String file, boolean writable) {
        return settings.placement.open(
                kernel,
                locator.isEmpty() ? block.open(file, writable) : OwnDirectory.open(kernel, locator, file, writable));
    }

    @Override
    public void release(Directory block, String locator, String file) {
        if (locator.isEmpty()) block.unlink(file);
        else OwnDirectory.release(kernel, locator, OURS, file);
    }
}
