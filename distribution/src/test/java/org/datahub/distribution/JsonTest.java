package org.datahub.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.datahub.api.ErrorCode;
import org.datahub.api.GapReason;
import org.datahub.api.ProducerState;
import org.datahub.api.SyncPolicy;
import org.junit.jupiter.api.Test;

/// The names that programs rely on.
class JsonTest {
    @Test
    void aBlockIsOneObject() {
        assertEquals(
                "{\"name\":\"cam\",\"block_id\":\"00ff\",\"policy\":\"SEQUENTIAL_SYNC\",\"buffer\":\"RING_BUFFER\","
                        + "\"slots\":8,\"batch\":1,\"slot_bytes\":64,\"align\":32,\"data_bytes\":4096,"
                        + "\"allocator\":\"shm\",\"page_bytes\":4096,\"memory_remark\":\"\",\"directory\":\"/dev/shm/hub/cam\",\"survives_restart\":false,\"generation\":1,\"other_generations\":[],\"incarnation\":2,\"timestamps\":\"EXACT\","
                        + "\"integrity_mode\":\"ENFORCED\",\"integrity\":\"crc32c\",\"next\":7,\"oldest\":0,"
                        + "\"slot_states\":{\"free\":1,\"writing\":0,\"committed\":3,\"draining\":5},"
                        + "\"ended\":false,\"end_reason\":\"\",\"beat_age_nanos\":5,\"producer_state\":\"ALIVE\","
                        + "\"producer\":{\"pid\":11,\"uid\":12,\"pid_namespace\":13,\"start_ticks\":14,\"label\":\"pub\"},"
                        + "\"rows\":[{\"index\":0,\"delivery\":\"LOSSLESS\",\"alive\":true,\"cursor\":3,\"received\":3,"
                        + "\"missed\":0,\"participant\":{\"pid\":21,\"uid\":12,\"pid_namespace\":13,\"start_ticks\":15,"
                        + "\"label\":\"tap\"},\"counters\":{\"bytes\":9}}],\"participants\":32,\"zones\":[],\"counters\":{\"slots\":7}}",
                Json.line(TestInfo.of(SyncPolicy.SEQUENTIAL_SYNC, 8, ProducerState.ALIVE)));
    }

    @Test
    void aSlotIsOneObject() {
        assertEquals(
                "{\"slot\":3,\"timestamp_ns\":99,\"time\":\"2026-01-01T00:00:00Z\",\"length\":2,\"user\":0,"
                        + "\"head\":\"0aff\"}",
                Json.line(new SlotText(3, 99, "2026-01-01T00:00:00Z", 2, 0, "0aff")));
        assertEquals(
                "{\"slot\":3,\"timestamp_ns\":0,\"time\":null,\"length\":0,\"user\":0,\"head\":\"\"}",
                Json.line(new SlotText(3, 0, null, 0, 0, "")));
    }

    @Test
    void aGapIsAnObjectThatNoSlotLooksLike() {
        assertEquals(
                "{\"gap\":{\"from\":4,\"to\":9,\"reason\":\"OVERRUN\"}}",
                Json.line(new GapText(4, 9, GapReason.OVERRUN).object()));
    }

    @Test
    void anErrorCodeIsOneObject() {
        assertEquals(
                "{\"code\":\"DH-2007\",\"name\":\"HANDLE_CLOSED\",\"exit\":1,"
                        + "\"meaning\":\"The handle or its hub was closed.\",\"next\":\"Open a new one.\"}",
                Json.line(Explanation.of(ErrorCode.HANDLE_CLOSED)));
    }

    @Test
    void aLineForPeopleShowsWhatCanBeRead() {
        assertEquals("slot=3 time=- length=3 user=7 41000a |A..|", new SlotText(3, 0, null, 3, 7, "41000a").line());
    }
}
