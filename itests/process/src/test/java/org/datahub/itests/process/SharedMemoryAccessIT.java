package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Every word that another process sees is loaded and stored by one class. The constant pools of
/// the class files
/// say who calls what, method references included.
class SharedMemoryAccessIT {
    private static final String WORDS = "org.datahub.api.layout.Words";

    private static final String VAR_HANDLE = "java/lang/invoke/VarHandle";
    private static final String SEGMENT = "java/lang/foreign/MemorySegment";

    /// What of MemorySegment loads or stores.
    private static final Set<String> SEGMENT_ACCESS = Set.of(
            "get",
            "set",
            "getAtIndex",
            "setAtIndex",
            "getString",
            "setString",
            "copy",
            "copyFrom",
            "fill",
            "mismatch",
            "toArray",
            "asByteBuffer",
            "elements",
            "spliterator");

    /// Types through which memory could be reached in other ways.
    private static final Set<String> OTHER_DOORS = Set.of(
            "sun/misc/Unsafe",
            "jdk/internal/misc/Unsafe",
            "java/nio/MappedByteBuffer",
            "java/nio/channels/FileChannel",
            "java/io/RandomAccessFile");

    /// Structs of a single call, in memory that no other process maps.
    private static final Map<String, String> PRIVATE_MEMORY = Map.of(
            "org.datahub.posix.Libc", "errno of a call",
            "org.datahub.posix.PosixDirectory", "struct statx",
            "org.datahub.posix.PosixFile", "struct flock",
            "org.datahub.posix.PosixKernel", "struct timespec",
            "org.datahub.posix.FutexDoorbell", "struct timespec");

    @Test
    void onlyOneClassTouchesSharedMemory() {
        Map<String, Set<String>> accesses = accesses();
        assertTrue(accesses.containsKey(WORDS), "this test finds nothing at all");
        accesses.remove(WORDS);
        accesses.keySet().removeAll(PRIVATE_MEMORY.keySet());
        assertEquals(Map.of(), accesses, "accesses that belong into " + WORDS);
    }

    @Test
    void everyExceptionIsStillOne() {
        Set<String> unused = new TreeSet<>(PRIVATE_MEMORY.keySet());
        unused.removeAll(accesses().keySet());
        assertEquals(Set.of(), unused);
    }

    @Test
    void onlyTheKernelMayHaveExceptions() {
        for (String name : PRIVATE_MEMORY.keySet()) assertTrue(name.startsWith("org.datahub.posix."), name);
    }

    private static Map<String, Set<String>> accesses() {
        Map<String, Set<String>> accesses = new TreeMap<>();
        for (Bundle bundle : Bundle.all()) {
            for (ClassModel type : bundle.classes()) {
                for (String access : accesses(type)) {
                    accesses.computeIfAbsent(outermost(type), name -> new TreeSet<>())
                            .add(access);
                }
            }
        }
        return accesses;
    }

    /// The class whose source file it is.
    private static String outermost(ClassModel type) {
        return Bundle.nameOf(type).split("\\$")[0];
    }

    private static List<String> accesses(ClassModel type) {
        List<String> found = new ArrayList<>();
        for (PoolEntry entry : type.constantPool()) {
            if (!(entry instanceof MemberRefEntry member)) continue;
            String owner = member.owner().asInternalName();
            String name = member.name().stringValue();
            String shape = member.type().stringValue();
            boolean access = owner.equals(SEGMENT) && SEGMENT_ACCESS.contains(name)
                    || owner.equals(VAR_HANDLE) && (name.endsWith("Fence") || reachesMemory(name, shape))
                    || OTHER_DOORS.contains(owner);
            if (access) found.add(owner.substring(owner.lastIndexOf('/') + 1) + "." + name + shape);
        }
        return found;
    }

    /// An accessor of a field names the object's class first, one of memory the segment (or, by
    /// mistake, Object).
    private static boolean reachesMemory(String name, String shape) {
        boolean accessor = name.startsWith("get")
                || name.startsWith("set")
                || name.startsWith("compareAnd")
                || name.startsWith("weakCompareAnd");
        return accessor && (shape.startsWith("(L" + SEGMENT + ";") || shape.startsWith("(Ljava/lang/Object;"));
    }
}
