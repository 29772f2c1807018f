package org.datahub.memory.shm;

import java.util.Map;
import java.util.ServiceLoader;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.Placement;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/// What both allocators of this bundle are told.
final class Settings {
    /// The bundle's name.
    static final String PID = "org.datahub.memory.shm";

    private Settings() {}

    /// The operator's words.
    @ObjectClassDefinition(
            name = "DataHub memory: shared memory",
            description = "Data segments in the hub directory, by the allocators shm and thp")
    @interface Config {
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
                        "Whether the kernel may not move the pages to a swap device. What was got is shown by info")
        boolean mlock() default false;
    }

    /// @throws DataHubException `DH-6001`
    static Placement of(Map<String, String> words) {
        for (String key : words.keySet()) {
            if (Placement.KEYS.contains(key)) continue;
            throw new DataHubException(
                    ErrorCode.CONFIGURATION,
                    PID + " can't use " + key + ": " + key + "=" + words.get(key),
                    "no such key; there are " + Placement.KEYS.stream().sorted().toList());
        }
        return Placement.of(words);
    }

    /// The kernel of the class path or module path.
    static Kernel kernel() {
        return ServiceLoader.load(Kernel.class, Settings.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no kernel services: put org.datahub.posix on the class path or module path"));
    }
}
