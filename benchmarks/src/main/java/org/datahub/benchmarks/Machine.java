package org.datahub.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the figures were measured on, in a line.
final class Machine {
    private Machine() {}

    static String describe() throws IOException {
        String model = first(Path.of("/proc/cpuinfo"), "model name");
        long memory = Long.parseLong(first(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "")) >> 20;
        return model + ", " + Runtime.getRuntime().availableProcessors() + " cores, L2 " + cache("index2") + ", L3 "
                + cache("index3") + ", " + memory + " GiB, Linux " + System.getProperty("os.version") + ", JDK "
                + Runtime.version();
    }

    private static String first(Path file, String name) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String cache(String index) throws IOException {
        Path size = Path.of("/sys/devices/system/cpu/cpu0/cache", index, "size");
        return Files.exists(size) ? Files.readString(size).strip() : "unknown";
    }
}
