package org.datahub.examples.instrument;

import java.io.IOException;
import java.nio.file.Path;

/// Reads what [Telemetry] carries. One thread.
public final class Machine implements AutoCloseable {
    private final ProcFile stat;
    private final ProcFile memory;
    private final ProcFile load;
    private final ProcFile network;
    private final ProcFile self;
    private final long[] values = new long[Telemetry.values()];
    private int filled;

    public Machine() throws IOException {
        Path proc = Path.of("/proc");
        stat = new ProcFile(proc.resolve("stat"));
        memory = new ProcFile(proc.resolve("meminfo"));
        load = new ProcFile(proc.resolve("loadavg"));
        network = new ProcFile(proc.resolve("net/dev"));
        self = new ProcFile(proc.resolve("self/stat"));
    }

    /// The values of this moment; the array is used again by the next call.
    long[] read() {
        filled = 0;
        readStat();
        readMemory();
        load.load();
        add(load.number());
        add(load.number());
        add(load.number());
        readNetwork();
        readSelf();
        return values;
    }

    private void add(long value) {
        values[filled++] = value;
    }

    private void readStat() {
        stat.load().line("cpu ");
        long user = stat.number() + stat.number(); // nice included
        add(user);
        add(stat.number());
        add(stat.number());
        add(stat.line("ctxt ").number());
        add(stat.line("processes ").number());
        add(stat.line("procs_running ").number());
    }

    private void readMemory() {
        memory.load();
        add(memory.line("MemTotal:").number());
        add(memory.line("MemFree:").number());
        add(memory.line("MemAvailable:").number());
    }

    private void readNetwork() {
        long receivedBytes = 0;
        long receivedPackets = 0;
        long sentBytes = 0;
        long sentPackets = 0;
        network.load().skipLine().skipLine();
        while (network.skipBehind((byte) ':').more()) {
            receivedBytes += network.number();
            receivedPackets += network.number();
            network.skipWords(6);
            sentBytes += network.number();
            sentPackets += network.number();
        }
        add(receivedBytes);
        add(receivedPackets);
        add(sentBytes);
        add(sentPackets);
    }

    /// Field 2 is the command's name in brackets, whatever it holds; the numbers of fields are
    /// those of proc(5).
    private void readSelf() {
        self.load().skipBehind((byte) ')').skipWords(11);
        add(self.number()); // 14 utime
        add(self.number()); // 15 stime
        self.skipWords(4);
        add(self.number()); // 20 num_threads
        self.skipWords(3);
        add(self.number()); // 24 rss
    }

    @Override
    public void close() throws IOException {
        stat.close();
        memory.close();
        load.close();
        network.close();
        self.close();
    }
}
