package org.datahub.api.spi;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What an operator wrote into the configuration of a component: a container gives it mixed with
/// properties of its own.
public final class OperatorWords {
    /// Of the framework, Declarative Services, Config Admin, File Install and their like; and what the
    /// annotations of providers say.
    private static final Pattern OTHERS =
            Pattern.compile("(service|component|felix|osgi|org|configuration)\\..*|[.:].*|objectClass"
                    + "|.*\\.cardinality\\.minimum|(allocator|integrity)\\.name");

    private OperatorWords() {}

    /// The operator's keys and values as text, in the order of the keys; the values of one key with a
    /// comma between two.
    ///
    /// @param properties a component's
    public static Map<String, String> of(Map<String, ?> properties) {
        Map<String, String> words = new TreeMap<>();
        properties.forEach((key, value) -> {
            if (!OTHERS.matcher(key).matches()) words.put(key, text(value));
        });
        return words;
    }

    private static String text(Object value) {
        if (value instanceof Object[] values) return text(List.of(values));
        if (value instanceof Collection<?> values) {
            return values.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return String.valueOf(value);
    }
}
