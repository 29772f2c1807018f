package org.datahub.distribution;

import org.datahub.api.DataBlockConsumer;
import org.datahub.api.DataHub;
import org.datahub.api.ProducerState;
import org.datahub.api.admin.BlockInfo;

/// Tells people why nothing comes, once for each producer that was killed.
final class ProducerWatch {
    private final DataHub hub;
    private final DataBlockConsumer in;
    private final Terminal terminal;
    private ProducerState known;
    private long told = -1;

    ProducerWatch(DataHub hub, DataBlockConsumer in, Terminal terminal) {
        this.hub = hub;
        this.in = in;
        this.terminal = terminal;
    }

    /// Nothing came for a while.
    void silent() {
        ProducerState now = in.producer();
        if (now == known) return;
        known = now;
        if (now == ProducerState.NONE) terminal.say("no producer yet, waiting for one: block=" + in.name());
        if (now == ProducerState.KILLED) sayKilled(hub.info(in.name()));
    }

    /// Whoever else takes the producer's lock byte for a moment (`rm` does) looks like a producer:
    /// only the incarnation tells a new one.
    private void sayKilled(BlockInfo info) {
        if (info.incarnation() == told || info.producer() == null) return;
        told = info.incarnation();
        terminal.say("the producer was killed, waiting for the next one: block=" + info.name() + ", pid="
                + info.producer().pid() + ", label=" + info.producer().label() + ", next=" + info.next());
    }
}
