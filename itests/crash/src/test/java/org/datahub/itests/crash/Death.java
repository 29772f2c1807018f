package org.datahub.itests.crash;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// kill(2).
final class Death {
    static final int SIGKILL = 9;
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;

    private static final MethodHandle KILL = link();

    private Death() {}

    private static MethodHandle link() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find("kill").orElseThrow(), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    }

    /// Ends this process; the calling thread executes nothing more.
    static void now() {
        signal(ProcessHandle.current().pid(), SIGKILL);
        throw new AssertionError("alive after SIGKILL");
    }

    static void signal(long pid, int signal) {
        try {
            int result = (int) KILL.invokeExact((int) pid, signal);
            if (result != 0) throw new IllegalStateException("kill failed: pid=" + pid + ", signal=" + signal);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }
}
