package org.datahub.itests.crash;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.Doorbell;
import org.datahub.api.spi.Kernel;
import org.datahub.api.spi.NativeFile;

/// The real kernel, with a trap before each step that other processes see: names that come and go,
/// memory reserved, sleepers woken. (A lock byte that is taken or given back is no step of its
/// own: a death gives it back.)
final class Steps {
    /// Names of the methods that are such steps.
    static final Set<String> SEEN =
            Set.of("makeDirectory", "create", "reserve", "rename", "unlink", "removeDirectory", "wakeAll");

    /// Types that have them.
    static final Set<Class<?>> TYPES = Set.of(Kernel.class, Directory.class, NativeFile.class, Doorbell.class);

    private Steps() {}

    static Kernel around(Kernel kernel) {
        return (Kernel) wrapped(Kernel.class, kernel);
    }

    private static Object wrapped(Class<?> type, Object real) {
        return Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call(real, method, arguments));
    }

    private static Object call(Object real, Method method, Object[] arguments) throws Throwable {
        if (SEEN.contains(method.getName())) Trap.store();
        try {
            Object result = method.invoke(real, arguments);
            Class<?> type = method.getReturnType();
            return result != null && TYPES.contains(type) ? wrapped(type, result) : result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
