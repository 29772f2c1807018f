package org.datahub.benchmarks;

import java.util.List;
import java.util.Set;

/// A system that moves records between two processes, or two threads of one.
public enum Peer {
    /// The slot protocol without handles.
    DATAHUB_L0("datahub-l0"),
    /// Handles: what the goals are about.
    DATAHUB("datahub"),
    /// Transactions and views.
    DATAHUB_L2("datahub-l2"),
    /// Handles, every slot with the exact time.
    DATAHUB_EXACT("datahub-exact", "-Dbench.timestamps=exact"),
    /// Handles, every slot with the time of the last tick.
    DATAHUB_COARSE("datahub-coarse", "-Dbench.timestamps=coarse"),
    /// Handles, every slot sealed and verified.
    DATAHUB_CRC32C("datahub-crc32c", "-Dbench.integrity=crc32c"),
    /// Handles, every slot sealed and verified with a key, by the JDK's code.
    DATAHUB_HMAC("datahub-hmac", "-Dbench.integrity=hmac-sha256"),
    /// The same layout in C; `head` stored with each record.
    C("c"),
    /// `head` stored as DataHub stores it.
    C_LAG("c-lag"),
    /// As `c`, with loops over payload words vectorised.
    C_VECTOR("c-vector"),
    /// Aeron IPC, exclusive publication, its driver in process a.
    AERON("aeron", Peer.UNSAFE, "-Dagrona.disable.bounds.checks=true"),
    /// Agrona's one-to-one ring buffer in a mapped file.
    AGRONA("agrona", Peer.UNSAFE, "-Dagrona.disable.bounds.checks=true"),
    /// Chronicle Queue on tmpfs.
    CHRONICLE(
            "chronicle",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
            "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
            "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            Peer.UNSAFE,
            "-Dchronicle.analytics.disable=true",
            "-Dchronicle.disk.monitor.disable=true"),
    /// LMAX Disruptor: two threads of one process.
    DISRUPTOR("disruptor", Peer.UNSAFE),
    /// JeroMQ, a pair of sockets by TCP on the loopback interface.
    JEROMQ("jeromq"),
    /// A Unix socket of the JDK.
    UDS("uds");

    private static final String UNSAFE = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";
    private static final Set<Peer> IN_C = Set.of(C, C_LAG, C_VECTOR);

    private final String label;
    private final List<String> options;

    Peer(String label, String... options) {
        this.label = label;
        this.options = List.of(options);
    }

    /// As it stands in tables and on command lines.
    String label() {
        return label;
    }

    static Peer of(String label) {
        for (Peer peer : values()) {
            if (peer.label.equals(label)) return peer;
        }
        throw new IllegalArgumentException("no such system: system=" + label);
    }

    /// What its JVMs are started with.
    List<String> options() {
        return options;
    }

    boolean inC() {
        return IN_C.contains(this);
    }

    boolean ours() {
        return label.startsWith("datahub");
    }

    /// Whether its waits go through the kernel: then the distance of two cores does not matter.
    boolean slow() {
        return this == CHRONICLE || this == JEROMQ || this == UDS;
    }

    /// Whether it can do `work` with records of `bytes`.
    boolean does(Work work, int bytes) {
        return switch (work) {
            case BATCH -> inC() || this == DATAHUB || this == AERON || this == AGRONA;
            case HANDOVER -> this == C || this == C_LAG || this == DATAHUB || this == DATAHUB_L0;
            case RTT, ONEWAY -> !(this == CHRONICLE && bytes > 65536);
        };
    }

    /// The writing end of a channel.
    Channel writer(String name) throws Exception {
        return switch (this) {
            case DATAHUB, DATAHUB_EXACT, DATAHUB_COARSE, DATAHUB_CRC32C, DATAHUB_HMAC -> HandleChannel.writer(name);
            case DATAHUB_L0 -> ProtocolChannel.writer(name);
            case DATAHUB_L2 -> TransactionChannel.writer(name);
            case AERON -> AeronChannel.writer(name);
            case AGRONA -> new AgronaChannel(name);
            case CHRONICLE -> ChronicleChannel.writer(name);
            case JEROMQ -> new JeroMqChannel(name, true);
            case UDS -> SocketChannelPeer.writer(name);
            case C, C_LAG, C_VECTOR, DISRUPTOR -> throw new IllegalStateException("not for two JVMs: system=" + label);
        };
    }

    /// The reading end.
    Channel reader(String name) throws Exception {
        return switch (this) {
            case DATAHUB, DATAHUB_EXACT, DATAHUB_COARSE, DATAHUB_CRC32C, DATAHUB_HMAC -> HandleChannel.reader(name);
            case DATAHUB_L0 -> ProtocolChannel.reader(name);
            case DATAHUB_L2 -> TransactionChannel.reader(name);
            case AERON -> AeronChannel.reader(name);
            case AGRONA -> new AgronaChannel(name);
            case CHRONICLE -> ChronicleChannel.reader(name);
            case JEROMQ -> new JeroMqChannel(name, false);
            case UDS -> SocketChannelPeer.reader(name);
            case C, C_LAG, C_VECTOR, DISRUPTOR -> throw new IllegalStateException("not for two JVMs: system=" + label);
        };
    }
}
