package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.reflect.AccessFlag;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a JVM allows to modules with native access only is called by one bundle only.
class NativeAccessIT {
    private static final String POSIX = "org.datahub.posix";
    private static final String RESTRICTED = "Ljdk/internal/javac/Restricted;";

    @Test
    void restrictedMethodsAreCalledByPosixAlone() throws IOException {
        Set<String> restricted = restrictedMethods();
        Set<String> callers = new TreeSet<>();
        for (Bundle bundle : Bundle.all()) {
            for (ClassModel type : bundle.classes()) {
                if (callsOneOf(type, restricted)) callers.add(bundle.name());
            }
        }
        assertEquals(Set.of(POSIX), callers);
    }

    @Test
    void noClassHasNativeMethods() {
        Set<String> found = new TreeSet<>();
        for (Bundle bundle : Bundle.all()) {
            for (ClassModel type : bundle.classes()) {
                for (MethodModel method : type.methods()) {
                    if (method.flags().has(AccessFlag.NATIVE)) {
                        found.add(
                                Bundle.nameOf(type) + "." + method.methodName().stringValue());
                    }
                }
            }
        }
        assertEquals(Set.of(), found);
    }

    /// The list is the JDK's own; these must be in it.
    @Test
    void theJdkMarksItsRestrictedMethods() throws IOException {
        assertTrue(restrictedMethods()
                .containsAll(List.of(
                        "java/lang/System.load",
                        "java/lang/System.loadLibrary",
                        "java/lang/Runtime.load",
                        "java/lang/Runtime.loadLibrary",
                        "java/lang/ModuleLayer$Controller.enableNativeAccess",
                        "java/lang/foreign/AddressLayout.withTargetLayout",
                        "java/lang/foreign/Linker.downcallHandle",
                        "java/lang/foreign/Linker.upcallStub",
                        "java/lang/foreign/MemorySegment.reinterpret",
                        "java/lang/foreign/SymbolLookup.libraryLookup")));
    }

    private static boolean callsOneOf(ClassModel type, Set<String> restricted) {
        for (PoolEntry entry : type.constantPool()) {
            if (entry instanceof MemberRefEntry member
                    && restricted.contains(member.owner().asInternalName() + "."
                            + member.name().stringValue())) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> restrictedMethods() throws IOException {
        Path base = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules/java.base/java/lang");
        Set<String> found = new HashSet<>();
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                ClassModel type = ClassFile.of().parse(Files.readAllBytes(file));
                for (MethodModel method : type.methods()) {
                    if (marked(method)) {
                        found.add(type.thisClass().asInternalName() + "."
                                + method.methodName().stringValue());
                    }
                }
            }
        }
        return found;
    }

    private static boolean marked(MethodModel method) {
        return Stream.concat(
                        method.findAttribute(Attributes.runtimeVisibleAnnotations()).stream()
                                .flatMap(attribute -> attribute.annotations().stream()),
                        method.findAttribute(Attributes.runtimeInvisibleAnnotations()).stream()
                                .flatMap(attribute -> attribute.annotations().stream()))
                .anyMatch(annotation -> annotation.className().equalsString(RESTRICTED));
    }
}
