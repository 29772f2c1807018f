package org.datahub.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConsumerSpecTest {
    @Test
    void aConsumerThatSaysNothingTakesNoUnsealedSlot() {
        assertFalse(ConsumerSpec.SEALED.contains("none"));
        assertNull(ConsumerSpec.observer().accept());
        assertNull(ConsumerSpec.observer().badSlot());
        assertEquals(Set.of("none"), ConsumerSpec.pinned().accept("none").accept());
    }

    @Test
    void eachMethodChangesItsOwnComponentOnly() {
        ConsumerSpec spec = ConsumerSpec.lossless()
                .from(StartFrom.OLDEST)
                .accept("hmac-sha256")
                .badSlot(BadSlot.SKIP)
                .copyFirst(true)
                .attachTimeout(Duration.ofSeconds(3))
                .waiting(Waiting.SPIN)
                .label("recorder");
        assertEquals(
                new ConsumerSpec(
                        Delivery.LOSSLESS,
                        StartFrom.OLDEST,
                        Set.of("hmac-sha256"),
                        BadSlot.SKIP,
                        true,
                        Duration.ofSeconds(3),
                        Waiting.SPIN,
                        Duration.ZERO,
                        "recorder"),
                spec);
        assertEquals(Delivery.OBSERVER, ConsumerSpec.observer().delivery());
        assertEquals(Delivery.PINNED, ConsumerSpec.pinned().delivery());
    }

    @Test
    void whatIsNotSaidIsTakenFromElsewhereAndTheRestStays() {
        ConsumerSpec completed = ConsumerSpec.lossless().orElse(Set.of("hmac-sha256"), BadSlot.SKIP);
        assertEquals(Set.of("hmac-sha256"), completed.accept());
        assertEquals(BadSlot.SKIP, completed.badSlot());
        ConsumerSpec said = ConsumerSpec.lossless().accept("crc32c").badSlot(BadSlot.DELIVER);
        assertEquals(said, said.orElse(Set.of("none"), BadSlot.SKIP));
    }

    @Test
    void whatItAcceptsCannotBeChangedFromOutside() {
        Set<String> names = new HashSet<>(Set.of("crc32c"));
        ConsumerSpec spec = new ConsumerSpec(
                Delivery.OBSERVER,
                StartFrom.LATEST,
                names,
                BadSlot.FAIL,
                false,
                Duration.ZERO,
                Waiting.BLOCK,
                Duration.ZERO,
                "consumer");
        names.add("none");
        assertEquals(Set.of("crc32c"), spec.accept());
        assertThrows(UnsupportedOperationException.class, () -> spec.accept().add("none"));
    }

    @Test
    void emptyLabelsAndNegativeTimesAreRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> ConsumerSpec.lossless().label(""));
        assertThrows(
                IllegalArgumentException.class, () -> ConsumerSpec.lossless().attachTimeout(Duration.ofNanos(-1)));
    }

    @Test
    void onlyWhoMaySkipSlotsGetsTheNewestEachInterval() {
        Duration tenth = Duration.ofMillis(100);
        assertEquals(tenth, ConsumerSpec.observer().newestEach(tenth).interval());
        assertThrows(
                IllegalArgumentException.class, () -> ConsumerSpec.lossless().newestEach(tenth));
        assertThrows(
                IllegalArgumentException.class, () -> ConsumerSpec.observer().newestEach(tenth.negated()));
    }

    @Test
    void timesThatAreNotNegativeAreKept() {
        Timeouts times = Timeouts.defaults()
                .write(Duration.ofSeconds(1))
                .read(Duration.ofSeconds(2))
                .attach(Duration.ofSeconds(3));
        assertEquals(new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3)), times);
        assertThrows(IllegalArgumentException.class, () -> times.read(Duration.ofNanos(-1)));
    }

    @Test
    void aHubIsOpenedWithABeatOfAMillisecondAtLeast() {
        HubOptions options =
                HubOptions.defaults().directory(Path.of("/dev/shm/hub")).label("driver");
        assertEquals(
                new HubOptions(
                        Path.of("/dev/shm/hub"),
                        "driver",
                        Timeouts.defaults(),
                        HubOptions.defaults().beat()),
                options);
        assertThrows(
                IllegalArgumentException.class,
                () -> new HubOptions(null, "driver", Timeouts.defaults(), Duration.ofNanos(999_999)));
        assertThrows(NullPointerException.class, () -> HubOptions.defaults().directory(null));
    }
}
