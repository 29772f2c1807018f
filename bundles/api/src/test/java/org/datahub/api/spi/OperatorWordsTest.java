package org.datahub.api.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperatorWordsTest {
    @Test
    void whatTheContainerAddsIsLeftOut() {
        Map<String, Object> properties = Map.of(
                "service.pid",
                "org.datahub.memory.shm",
                "service.ranking",
                5,
                "component.id",
                7L,
                "felix.fileinstall.filename",
                "file:/a.cfg",
                ":org.apache:x",
                "y",
                ".private",
                "z",
                "objectClass",
                new String[] {"a"},
                "kernel.cardinality.minimum",
                1,
                "allocator.name",
                "shm",
                "mlock",
                true);
        assertEquals(Map.of("mlock", "true"), OperatorWords.of(properties));
    }

    @Test
    void severalValuesOfAKeyHaveCommasBetween() {
        Map<String, Object> properties = Map.of("a", new String[] {"1", "2"}, "b", List.of("3", "4"), "c", " 5 ");
        assertEquals(Map.of("a", "1,2", "b", "3,4", "c", " 5 "), OperatorWords.of(properties));
    }
}
