package org.datahub.distribution.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.List;
import org.datahub.distribution.Output;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static Summary.Stream stream(long published, long received, long missed, long repeated, long misverified) {
        Report.Total total = new Report.Total(2, received, missed, repeated, misverified, 7, 8);
        return Summary.Stream.of("frames", published + 2, total);
    }

    @Test
    void theLastLineHasTheShapeThatProgramsExpect() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Voice voice = new Voice.ForPrograms(new Output(Channels.newChannel(bytes), () -> false));
        voice.end(new Summary(List.of(stream(9, 9, 0, 0, 0)), 1, 2), true);
        assertEquals(
                "{\"summary\":{\"streams\":[{\"name\":\"frames\",\"published\":9,\"received\":9,\"missed\":0,"
                        + "\"repeated\":0,\"misverified\":0,\"p50_ns\":7,\"p99_ns\":8}],\"killed\":1,\"swaps\":2}}\n",
                bytes.toString());
    }

    @Test
    void onlyAWholeStreamAKillAndTwoSwapsAreNoFault() {
        assertEquals(
                0, new Summary(List.of(stream(9, 9, 0, 0, 0)), 1, 2).faults().size());
        assertEquals(
                1, new Summary(List.of(stream(9, 9, 0, 0, 0)), 0, 2).faults().size());
        assertEquals(
                1, new Summary(List.of(stream(9, 9, 0, 0, 0)), 1, 1).faults().size());
        for (Summary.Stream stream : List.of(
                stream(0, 0, 0, 0, 0),
                stream(-3, 0, 0, 0, 0),
                stream(9, 8, 0, 0, 0),
                stream(9, 8, 1, 0, 0),
                stream(9, 9, 0, 1, 0),
                stream(9, 9, 0, 0, 1))) {
            assertEquals(1, new Summary(List.of(stream), 1, 2).faults().size(), stream::toString);
        }
    }
}
