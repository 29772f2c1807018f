package org.datahub.distribution.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.datahub.api.admin.BlockInfo;
import org.datahub.examples.instrument.Content;

/// What changes in the middle of a run while records flow, the way an operator does it: by the files
/// of the hub.
final class Swaps {
    private static final String BLOCK = "org.datahub.block~";
    private static final String INTEGRITY = "hmac-sha256";
    private static final String ALLOCATOR = "hugepages";

    /// A line that was written into a block's file.
    ///
    /// @param integrity whether it is about integrity, else about memory
    /// @param before what the block had
    private record Swap(String stream, boolean integrity, String before, String after) {
        boolean seen(BlockInfo info) {
            return now(info).equals(after);
        }

        String now(BlockInfo info) {
            return integrity ? info.integrity() : info.allocator();
        }
    }

    private final Place place;
    private final Cast cast;
    private final Voice voice;
    private final List<Swap> asked = new ArrayList<>();
    private int seen;

    Swaps(Place place, Cast cast, Voice voice) {
        this.place = place;
        this.cast = cast;
        this.voice = voice;
    }

    /// Slots get tags that only a holder of the key can make.
    void integrity(int second, Content content) throws IOException {
        ask(second, content, true, INTEGRITY, "integrity.target = (integrity.name=" + INTEGRITY + ")");
    }

    /// The stream goes on in huge pages; where there are none, in ordinary ones that the allocator of
    /// huge pages gives instead, and says so.
    void memory(int second, Content content) throws IOException {
        ask(second, content, false, ALLOCATOR, "allocator.target = (allocator.name=" + ALLOCATOR + ")");
    }

    private void ask(int second, Content content, boolean integrity, String after, String line) throws IOException {
        BlockInfo info = cast.info(content.name());
        String before = integrity ? info.integrity() : info.allocator();
        place.configure(BLOCK + content.name(), content.configuration() + line + "\n");
        asked.add(new Swap(content.name(), integrity, before, after));
        voice.changed(new Voice.Changed(second, BLOCK + content.name() + ".cfg", line));
    }

    /// Tells which of them have taken place by now. True when all have.
    boolean look() throws IOException {
        for (Swap swap : List.copyOf(asked)) {
            BlockInfo info = cast.info(swap.stream());
            if (!swap.seen(info)) continue;
            asked.remove(swap);
            seen++;
            voice.swapped(new Voice.Swapped(
                    swap.stream(),
                    swap.integrity() ? "integrity" : "memory",
                    swap.before(),
                    swap.after(),
                    info.generation(),
                    info.pageBytes(),
                    info.memoryRemark()));
        }
        return asked.isEmpty();
    }

    /// How many were seen to take place.
    int seen() {
        return seen;
    }
}
