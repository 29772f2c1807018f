package org.datahub.engine;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.TreeMap;
import org.datahub.api.spi.OperatorWords;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/// What Declarative Services passes over in an operator's words: a key that there is not, a filter that is none, a
/// truth
/// that is neither. Each would leave a default in its place, and for the choice of an algorithm that is a downgrade.
final class Keys {
    private Keys() {}

    /// @throws IllegalArgumentException where `properties` have a key that the configuration `type` has not
    static void check(Class<?> type, Map<String, Object> properties) {
        Map<String, Class<?>> keys = new TreeMap<>();
        for (Method key : type.getDeclaredMethods()) keys.put(key.getName().replace('_', '.'), key.getReturnType());
        OperatorWords.of(properties).forEach((key, value) -> {
            if (key.equals("engine.target")) return; // of Declarative Services, the reference to the engine
            if (!keys.containsKey(key)) {
                throw new IllegalArgumentException("no such key: " + key + "=" + value + ", keys: " + keys.keySet());
            }
            if (keys.get(key) == boolean.class && !value.strip().matches("(?i)true|false")) {
                throw new IllegalArgumentException("neither true nor false: " + key + "=" + value);
            }
        });
    }

    /// @throws IllegalArgumentException where `text` is no filter
    static void filter(String what, String text) {
        try {
            FrameworkUtil.createFilter(text);
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(what + " is no filter: " + what + "=" + text + ", as in (a=b)", e);
        }
    }
}
