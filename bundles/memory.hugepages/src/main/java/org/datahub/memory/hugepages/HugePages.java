package org.datahub.memory.hugepages;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.Allocation;
import org.datahub.api.spi.AllocatorName;
import org.datahub.api.spi.Configured;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;
import org.datahub.api.spi.OwnDirectory;
import org.datahub.api.spi.Reservation;
import org.datahub.api.spi.SegmentAllocator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Segments in huge pages: each in a directory of its own, below one that belongs to the user, on a
/// mount of hugetlbfs.
///
/// The pool is asked before, and `fallocate` takes the pages at once: a page that can't be had is an
/// error or a reported fallback at creation, never a SIGBUS later.
@Component(configurationPid = "org.datahub.memory.hugepages")
@Designate(ocd = HugePages.Config.class)
@AllocatorName("hugepages")
public final class HugePages implements SegmentAllocator {
    private static final Logger LOG = LoggerFactory.getLogger(HugePages.class);
    private static final long ORDINARY_PAGE_BYTES = 4096;
    private static final int USERS_MODE = 0711; // others pass to the segments of a shared hub, and list nothing
    private static final Pattern OURS = Pattern.compile("/.*/datahub-[0-9]+/" + OwnDirectory.NAME);

    /// The operator's words.
    @ObjectClassDefinition(
            name = "DataHub memory: huge pages",
            description = "Data segments on a mount of hugetlbfs, for blocks with allocator.target ="
                    + " (allocator.name=hugepages)")
    public @interface Config {
        /// `mount`
        @AttributeDefinition(
                name = "Mount",
                description =
                        "Where hugetlbfs is mounted; empty: the first mount in /proc/mounts with pages of the size")
        String mount() default "";

        /// `page.size`
        @AttributeDefinition(
                name = "Page size",
                description = "2MiB or 1GiB; empty: that of the mount or, without one, the kernel's default")
        String page_size() default "";

        /// `pages`
        @AttributeDefinition(
                name = "Pages",
                description = "What happens where huge pages can't be had",
                options = {
                    @Option(label = "require: the block is refused", value = "require"),
                    @Option(label = "prefer: ordinary pages in the hub directory, and reported", value = "prefer")
                })
        String pages() default "require";

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
                description = "For ordinary pages in place of huge ones, which never leave memory")
        boolean mlock() default false;
    }

    private final Kernel kernel;
    private final Configured<Settings> settings;
    private final Reservation ordinary = Reservation.inMemory();

    /// For `ServiceLoader`: with the defaults, and the kernel of the class path or module path.
    public HugePages() {
        this(
                ServiceLoader.load(Kernel.class, HugePages.class.getClassLoader())
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException(
                                "no kernel services: put org.datahub.posix on the class path or module path")),
                Configured.with(Settings.of(Map.of())));
    }

    /// With the operator's words.
    @Activate
    public HugePages(@Reference Kernel kernel, Map<String, Object> properties) {
        this(kernel, Configured.by(properties, Settings::of));
    }

    private HugePages(Kernel kernel, Configured<Settings> settings) {
        this.kernel = kernel;
        this.settings = settings;
    }

    @Override
    public SegmentAllocator configured(Map<String, String> words) {
        return new HugePages(kernel, Configured.with(Settings.of(words)));
    }

    @Override
    public String name() {
        return "hugepages";
    }

    @Override
    public long pageBytes() {
        return settings.get().wantedPageBytes();
    }

    @Override
    public String locator() {
        Mounts.Mount mount = mount();
        if (mount != null) {
            return mount.path().resolve("datahub-" + kernel.uid()) + "/" + OwnDirectory.name();
        }
        if (settings.get().required()) throw noMount();
        return "";
    }

    /// The mount that is used; null where there is none.
    private Mounts.Mount mount() {
        long wanted = settings.get().wantedPageBytes();
        for (Mounts.Mount each : Mounts.all()) {
            boolean place = settings.get().mount() == null
                    || each.path().equals(settings.get().mount());
            if (place && each.pageBytes() == wanted) return each;
        }
        return null;
    }

    private DataHubException noMount() {
        List<String> present = new ArrayList<>();
        for (Mounts.Mount each : Mounts.all()) present.add(each.path() + " of " + size(each.pageBytes()));
        long bytes = settings.get().wantedPageBytes();
        Path place = settings.get().mount() == null
                ? Path.of("/dev/hugepages-" + size(bytes))
                : settings.get().mount();
        return new DataHubException(
                ErrorCode.HUGE_PAGES,
                "no hugetlbfs with pages of this size is mounted: page.size=" + size(bytes) + ", mount="
                        + (settings.get().mount() == null ? "any" : place) + ", mounted=" + present,
                "as root: mkdir -p " + place + " && mount -t hugetlbfs -o pagesize=" + (bytes >> 10)
                        + "K,mode=1777 none " + place + "; or set pages=prefer");
    }

    private static String size(long bytes) {
        if (bytes >= 1 << 30) return (bytes >> 30) + "GiB";
        return bytes >= 1 << 20 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }

    @Override
    public Allocation allocate(Directory block, String locator, String file, long bytes) {
        return settings.get().placement().make(kernel, () -> placed(block, locator, file, bytes));
    }

    private Allocation placed(Directory block, String locator, String file, long bytes) {
        if (locator.isEmpty()) return fallback(block, file, bytes, noMount());
        try {
            return huge(Path.of(locator), block, file, bytes);
        } catch (DataHubException e) {
            if (settings.get().required() || e.code() != ErrorCode.HUGE_PAGES) throw e;
            return fallback(block, file, bytes, e);
        }
    }

    private Allocation fallback(Directory block, String file, long bytes, DataHubException why) {
        LOG.warn("ordinary pages instead of huge ones: {}", why.getMessage());
        return new Allocation(
                ordinary.make(block, file, bytes), "", ORDINARY_PAGE_BYTES, "no huge pages: " + why.problem());
    }

    private Allocation huge(Path locator, Directory block, String file, long bytes) {
        long page = mountedPageBytes(locator);
        long pages = (bytes + page - 1) / page;
        Pool pool = Pool.of(page);
        if (pool.usable() < pages) throw tooFew(pages, pool, null);
        try (Directory users = users(locator.getParent())) {
            NativeFile made = OwnDirectory.make(users, locator.getFileName().toString(), block, file, pages * page);
            return new Allocation(made, locator.toString(), page, "");
        } catch (KernelException e) {
            throw switch (e.errno()) {
                case KernelException.ENOSPC, KernelException.ENOMEM -> tooFew(pages, Pool.of(page), e);
                case KernelException.EACCES, KernelException.EPERM -> closed(locator.getParent(), e);
                default -> e;
            };
        }
    }

    private long mountedPageBytes(Path locator) {
        Path place = locator.getParent().getParent();
        for (Mounts.Mount each : Mounts.all()) if (each.path().equals(place)) return each.pageBytes();
        throw noMount();
    }

    /// The directory of this user on the mount.
    private Directory users(Path path) {
        kernel.makeDirectory(path, USERS_MODE);
        Directory users = kernel.openDirectory(path);
        FileStatus status = users.status();
        if (status.uid() == kernel.uid() && !status.othersMayWrite()) return users;
        users.close();
        throw new DataHubException(
                ErrorCode.HUGE_PAGES,
                "the directory for huge pages can't be trusted: path=" + path + ", owner=" + status.uid() + ", mode="
                        + Integer.toOctalString(status.mode()),
                "as root: rm -r " + path);
    }

    private static DataHubException closed(Path path, KernelException cause) {
        return new DataHubException(
                ErrorCode.HUGE_PAGES,
                "no permission on the mount of huge pages: path=" + path + ": " + cause.getMessage(),
                "as root: chmod 1777 " + path.getParent() + "; or set pages=prefer",
                cause);
    }

    private static DataHubException tooFew(long pages, Pool pool, KernelException cause) {
        return new DataHubException(
                ErrorCode.HUGE_PAGES,
                "too few huge pages: page.size=" + size(pool.pageBytes()) + ", pages=" + pages + ", usable="
                        + pool.usable() + " (" + pool.text() + ")" + (cause == null ? "" : ": " + cause.getMessage()),
                "as root: " + pool.command(pages) + "; or choose fewer or smaller slots, or set pages=prefer",
                cause);
    }

    @Override
    public NativeFile open(Directory block, String locator, String file, boolean writable) {
        return locator.isEmpty()
                ? settings.get().placement().open(kernel, block.open(file, writable))
                : OwnDirectory.open(kernel, locator, file, writable);
    }

    @Override
    public void release(Directory block, String locator, String file) {
        if (locator.isEmpty()) block.unlink(file);
        else OwnDirectory.release(kernel, locator, OURS, file);
    }
}
