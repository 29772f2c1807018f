package org.datahub.engine;

import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.datahub.api.DataHub;
import org.datahub.api.DataHubException;
import org.datahub.api.HubOptions;
import org.datahub.api.spi.HubFactory;
import org.datahub.api.spi.IntegrityProvider;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.SegmentAllocator;

/// Opens hubs for programs without a container, with every provider on the class path or module
/// path.
public final class LibraryHubFactory implements HubFactory {
    /// For `ServiceLoader`.
    public LibraryHubFactory() {}

    @Override
    public DataHub open(HubOptions options) {
        ClassLoader loader = LibraryHubFactory.class.getClassLoader();
        Kernel kernel = kernel(loader);
        Providers providers = new Providers();
        for (SegmentAllocator allocator : ServiceLoader.load(SegmentAllocator.class, loader)) {
            providers.add(configured(allocator, options), 0);
        }
        for (IntegrityProvider integrity : ServiceLoader.load(IntegrityProvider.class, loader)) {
            providers.add(configured(integrity, options), 0);
        }
        HubDirectory directory = HubDirectory.open(kernel, options.directory());
        Beats beats = new Beats(options.beat());
        return new Hub(
                kernel,
                directory,
                providers,
                new Declarations(Undeclared.usual(providers)),
                beats,
                options.label(),
                options.timeouts(),
                beats::close);
    }

    private static SegmentAllocator configured(SegmentAllocator allocator, HubOptions options) {
        String pid = allocator.getClass().getPackageName(); // a bundle, its root package and its PID have one name
        Map<String, String> words = options.configuration().get(pid);
        return words == null ? allocator : allocator.configured(words);
    }

    private static IntegrityProvider configured(IntegrityProvider integrity, HubOptions options) {
        Map<String, String> words =
                options.configuration().get(integrity.getClass().getPackageName());
        return words == null ? integrity : integrity.configured(words);
    }

    private static Kernel kernel(ClassLoader loader) {
        try {
            return ServiceLoader.load(Kernel.class, loader)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "no kernel services: put org.datahub.posix on the class path or module path"));
        } catch (ServiceConfigurationError e) {
            if (e.getCause() instanceof DataHubException reason) throw reason; // says which flag is missing
            throw e;
        }
    }
}
