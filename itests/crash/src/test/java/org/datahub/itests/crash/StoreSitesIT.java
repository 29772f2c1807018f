package org.datahub.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.datahub.api.testing.Evidence;
import org.junit.jupiter.api.Test;

/// The crash matrix leaves no store out: a victim died at each one that the compiled code can
/// make.
class StoreSitesIT {
    /// Sites at which nobody dies, and why. None is a store: a store has no excuse.
    private static final Map<String, String> ELSEWHERE = new TreeMap<>(Map.ofEntries(
            Map.entry(
                    "HubDirectory.open@Kernel.makeDirectory#1",
                    "makes the hub directory that everybody knows; no test touches that"),
            Map.entry(
                    "NewBlock.opened@Directory.removeDirectory#1",
                    "no descriptor for the directory just made: what is left is swept as by the scenario create"),
            Map.entry(
                    "NewBlock.takeBack@Directory.unlink#1",
                    "no descriptor, no room, or another made the block: what is left is swept as by create"),
            Map.entry("NewBlock.takeBack@Directory.removeDirectory#1", "the same, one step later"),
            Map.entry(
                    "NewBlock.remove@Directory.removeDirectory#1",
                    "a block damaged so that a directory stands where a file should"),
            Map.entry(
                    "Reservation.reserved@Directory.unlink#1",
                    "no room for a new segment: an error path of one process, before anybody sees it"),
            Map.entry(
                    "PlacedBlock.tell@Directory.unlink#1",
                    "a file that tells another home which is gone, beside a block that is there: told anew by the next"),
            Map.entry("PlacedBlock.write@Directory.unlink#2", "the same, where something fails"),
            Map.entry(
                    "PlacedBlock.write@Directory.unlink#1",
                    "another process took the name in this moment: what is left is swept as by the scenario place"),
            Map.entry(
                    "Removal.removeFile@Directory.unlink#1",
                    "a file that tells a place where the block is not: one step, done or not"),
            Map.entry(
                    "TransparentPages.release@Directory.unlink#1",
                    "what the scenario handover does to a segment of shm, for large pages")));

    /// Moments of the program at which a victim can die too.
    private static final Set<String> MOMENTS = Set.of("payload", "held", "edit", "locked");

    @Test
    void aVictimDiedAtEveryStoreInTheCode() throws Exception {
        assumeTrue(Settings.ONLY.isEmpty());
        Evidence evidence = Evidence.of("sites in the class files that store in shared memory, or step in the kernel");
        Matrix matrix = Matrix.all();
        Map<String, Site> sites = matrix.records().sites();
        Set<String> missed = StoreSites.missed(sites, matrix.fatal());
        long steps = sites.values().stream().filter(Site::isStep).count();
        evidence.row(
                "sites=" + sites.size() + " (stores=" + (sites.size() - steps) + ", steps of the kernel=" + steps + ")",
                "a victim died at " + (sites.size() - missed.size()) + ", excused by name: " + ELSEWHERE.size());
        assertEquals(ELSEWHERE.keySet(), missed);
    }

    @Test
    void everyPointThatAScenarioMetIsASiteOrAMoment() throws Exception {
        assumeTrue(Settings.ONLY.isEmpty());
        Records records = Matrix.all().records();
        Set<String> unknown = new TreeSet<>();
        records.points().values().forEach(points -> unknown.addAll(points.keySet()));
        unknown.removeAll(records.sites().keySet());
        unknown.removeAll(MOMENTS);
        assertTrue(unknown.isEmpty(), unknown::toString);
    }

    @Test
    void onlyStepsOfTheKernelAreExcused() {
        Map<String, Site> named = StoreSites.byName(StoreSites.all());
        for (String name : ELSEWHERE.keySet()) assertTrue(named.get(name).isStep(), name);
    }
}
