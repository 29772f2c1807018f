package org.datahub.itests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.datahub.api.layout.SlotHeader;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Directory;
import org.junit.jupiter.api.Test;

/// What is found in a class file, so that [StoreSitesIT] can fail.
class StoreSitesTest {
    /// A class that somebody adds without a thought of deaths.
    @SuppressWarnings("unused")
    private static final class Careless {
        interface Verb {
            void at(MemorySegment segment, long offset, long value);
        }

        static final Verb BY_REFERENCE = Words::release;

        static long load(MemorySegment segment) {
            Words.acquireFence();
            return Words.acquire(segment, 0) + Words.plainInt(segment, 8);
        }

        static void out(MemorySegment segment, byte[] to) {
            Words.copy(segment, 0, to, 0, to.length);
        }

        static void stores(MemorySegment segment) {
            Words.plain(segment, 0, 1);
            Words.plain(segment, 8, 1);
            SlotHeader.commit(segment, 0, 1);
            Runnable later = () -> Words.addInt(segment, 16, 1);
            later.run();
        }

        static void step(Directory directory) {
            directory.unlink("state");
        }
    }

    @Test
    void storesAndStepsAreFoundAndNothingElse() {
        Set<String> names =
                new TreeSet<>(StoreSites.byName(StoreSites.of(Careless.class)).keySet());
        assertEquals(
                new TreeSet<>(List.of(
                        "StoreSitesTest.Careless.<clinit>@Words.release#1",
                        "StoreSitesTest.Careless.stores@Words.plain#1",
                        "StoreSitesTest.Careless.stores@Words.plain#2",
                        "StoreSitesTest.Careless.stores@SlotHeader.commit#1",
                        "StoreSitesTest.Careless.stores@Words.addInt#1",
                        "StoreSitesTest.Careless.step@Directory.unlink#1")),
                names);
    }

    @Test
    void aStoreThatNobodyDiedAtIsMissed() {
        Map<String, Site> sites = StoreSites.of(Careless.class);
        String one = StoreSites.idOf(sites, "StoreSitesTest.Careless.stores@Words.plain#2");
        Set<String> others = new TreeSet<>(sites.keySet());
        others.remove(one);
        assertEquals(Set.of(sites.get(one).name()), StoreSites.missed(sites, others));
        assertEquals(Set.of(), StoreSites.missed(sites, sites.keySet()));
    }

    @Test
    void namesTellSitesApart() {
        Map<String, Site> sites = StoreSites.all();
        assertEquals(sites.size(), StoreSites.byName(sites).size());
        assertTrue(StoreSites.byName(sites).containsKey("StreamWriter.commit@SlotHeader.commit#1"));
        assertFalse(sites.isEmpty());
    }
}
