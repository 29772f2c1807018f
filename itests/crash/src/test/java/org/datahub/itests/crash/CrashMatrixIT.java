package org.datahub.itests.crash;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.datahub.api.testing.Evidence;
import org.datahub.itests.crash.Records.Play;
import org.junit.jupiter.api.Test;

/// A victim dies before each store that it makes in shared memory, on each side of the block;
/// those who stay lose nothing that was committed, see nothing that was not, wait for nothing that
/// is dead, and find nothing left behind.
class CrashMatrixIT {
    @Test
    void whoeverDiesWhereverTheOthersGoOn() throws Exception {
        assumeTrue(Settings.ONLY.isEmpty());
        Evidence evidence = Evidence.of("SIGKILL before each store in shared memory, by the victim itself");
        Matrix matrix = Matrix.all();
        matrix.requireSound();
        evidence.row(
                matrix.toString(),
                "slots that those who stayed verified: " + Account.total() + ", lost or torn: 0, hung: 0");
    }

    /// For one that failed: `-Ddatahub.crash.only=scenario/KxB/point/hit`.
    @Test
    void theOneThatIsAskedFor() throws Exception {
        assumeTrue(!Settings.ONLY.isEmpty());
        String[] parts = Settings.ONLY.split("/");
        Records records = Records.of(new Play(parts[0], Shape.of(parts[1])));
        Play play = records.points().keySet().iterator().next();
        for (int time = 0; time < Settings.HITS; time++) {
            long hit = Long.parseLong(parts[3]);
            boolean died = Matrix.dies(records, play, records.point(parts[2]), hit, hit, hit, hit);
            assertTrue(died, "not reached: " + Settings.ONLY);
        }
        System.out.println(
                "died there: times=" + Settings.HITS + ", " + Settings.ONLY + ", slots verified=" + Account.total());
    }
}
