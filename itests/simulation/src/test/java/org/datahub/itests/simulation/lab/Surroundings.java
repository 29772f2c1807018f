package org.datahub.itests.simulation.lab;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Leads the calls that leave the engine (time, chance, waiting, threads) to the simulated machine,
/// and shortens the time that a wait spins. Nothing else of the engine is changed.
final class Surroundings {
    private static final ClassDesc OUTSIDE = ClassDesc.of("org.datahub.itests.simulation.machine.Outside");

    private static final Map<String, String> CALLS = Map.of(
            "java/util/concurrent/locks/LockSupport.parkNanos(J)V",
            "park",
            "java/lang/Thread.onSpinWait()V",
            "relax",
            "java/lang/Thread.yield()V",
            "relax",
            "java/lang/System.nanoTime()J",
            "nanoTime",
            "java/lang/System.currentTimeMillis()J",
            "currentTimeMillis",
            "java/security/SecureRandom.nextLong()J",
            "random",
            "java/lang/foreign/Arena.ofShared()Ljava/lang/foreign/Arena;",
            "arena",
            "java/lang/Thread.start()V",
            "start",
            "java/lang/Thread.join()V",
            "join",
            "java/util/concurrent/Executors.newSingleThreadScheduledExecutor(Ljava/util/concurrent/ThreadFactory;)"
                    + "Ljava/util/concurrent/ScheduledExecutorService;",
            "housekeeping");

    // How often a wait looks before it sleeps, or asks for the dead: some hundred times, where a few times show all
    // there is.
    private static final Map<String, Map<ConstantDesc, ConstantDesc>> LOOKS = Map.of(
            "org.datahub.engine.ConsumerHandle.advance", Map.of(32, 2),
            "org.datahub.engine.Producer.opensSoon", Map.of(32, 2),
            "org.datahub.engine.Pause.step", Map.of(600, 3),
            "org.datahub.engine.Pause.slow", Map.of(600, 3),
            "org.datahub.engine.Pause.parkAfterYields", Map.of(600, 3, 64, 2),
            "org.datahub.engine.RowLock.await", Map.of(64, 4),
            "org.datahub.engine.RowLock.over", Map.of(200, 3, 300, 6, 64, 4));

    private static final Set<String> SHORTENED = ConcurrentHashMap.newKeySet();

    private Surroundings() {}

    static void lead(String method, CodeBuilder code, CodeElement element) {
        if (element instanceof InvokeInstruction call && CALLS.containsKey(name(call))) lead(code, call);
        else if (element instanceof ConstantInstruction constant) code.loadConstant(looks(method, constant));
        else code.with(element);
    }

    private static ConstantDesc looks(String method, ConstantInstruction constant) {
        ConstantDesc value = constant.constantValue();
        ConstantDesc instead = LOOKS.getOrDefault(method, Map.of()).get(value);
        if (instead == null) return value;
        SHORTENED.add(method);
        return instead;
    }

    /// A class may have changed since its waits were named here: then they would be too long for a
    /// simulation to get behind them.
    static void requireShortened(String className) {
        for (String method : LOOKS.keySet()) {
            if (method.startsWith(className + ".") && !SHORTENED.contains(method)) {
                throw new IllegalStateException("nothing to shorten: " + method);
            }
        }
    }

    private static String name(InvokeInstruction call) {
        return call.owner().asInternalName() + "." + call.name().stringValue()
                + call.type().stringValue();
    }

    private static void lead(CodeBuilder code, InvokeInstruction call) {
        MethodTypeDesc type = call.typeSymbol();
        boolean virtual = call.opcode() == java.lang.classfile.Opcode.INVOKEVIRTUAL;
        if (virtual) type = type.insertParameterTypes(0, call.owner().asSymbol());
        code.invokestatic(OUTSIDE, CALLS.get(name(call)), type);
    }
}
