package org.datahub.benchmarks;

/// One direction of one system, seen from one of its two ends. Both ends spin.
public abstract class Channel implements AutoCloseable {
    private boolean stopped;

    /// Sends one record; waits for room.
    abstract void send(long seed);

    /// Waits for the next record; what its payload adds up to.
    abstract long receive();

    /// Sends `count` records from record n on; the number behind them.
    long sendMany(long n, int count) {
        for (int i = 0; i < count; i++) send(Payload.seed(n++));
        return n;
    }

    /// Receives and checks about `count` records from record n on; the number behind them.
    long receiveMany(long n, int count) {
        for (int i = 0; i < count && !stopped; i++) check(receive(), n++);
        return n;
    }

    /// Compares with what record n must add up to; the last record of all ends the work.
    final void check(long sum, long n) {
        if (sum == Payload.expected(Payload.seed(n)) || stopped) return;
        if (sum != Payload.expected(Payload.STOP)) throw new IllegalStateException("wrong sum: record=" + n);
        stopped = true;
    }

    /// Whether the last record has come.
    final boolean stopped() {
        return stopped;
    }

    /// Sends what ends the work.
    void sendStop() {
        send(Payload.STOP);
    }

    /// Waits until the other end needs nothing more.
    @Override
    public void close() {}
}
