package org.datahub.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Prints everything that others can compile against: exported packages with their versions, their
/// types, and of
/// these what is public or protected. What follows from a record's or an enum's declaration is not
/// printed again.
final class Signatures {
    private static final String EXPORT = "org.osgi.annotation.bundle.Export";
    private static final String VERSION = "org.osgi.annotation.versioning.Version";
    private static final List<String> ROLES = List.of("ProviderType", "ConsumerType");

    private final StringBuilder out = new StringBuilder();
    private final Path classes;

    private Signatures(Path classes) {
        this.classes = classes;
    }

    /// Of the class files below `classes`.
    static String print(Path classes) {
        Signatures signatures = new Signatures(classes);
        signatures.exportedPackages().forEach(signatures::exported);
        return signatures.out.toString();
    }

    /// Folder to version.
    private Map<Path, String> exportedPackages() {
        try (Stream<Path> files = Files.walk(classes)) {
            Map<Path, String> packages = new TreeMap<>();
            for (Path file :
                    files.filter(path -> path.endsWith("package-info.class")).toList()) {
                Map<String, Annotation> annotations = annotations(file);
                if (!annotations.containsKey(EXPORT)) continue;
                AnnotationValue version =
                        annotations.get(VERSION).elements().getFirst().value();
                packages.put(file.getParent(), ((AnnotationValue.OfString) version).stringValue());
            }
            return packages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Annotation> annotations(Path file) {
        try {
            ClassModel model = ClassFile.of().parse(file);
            return model.findAttribute(Attributes.runtimeInvisibleAnnotations()).stream()
                    .flatMap(attribute -> attribute.annotations().stream())
                    .collect(Collectors.toMap(Signatures::name, annotation -> annotation));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Annotation annotation) {
        var type = annotation.classSymbol();
        return type.packageName() + "." + type.displayName();
    }

    private void exported(Path folder, String version) {
        if (!out.isEmpty()) out.append('\n');
        out.append("package ").append(classes.relativize(folder).toString().replace('/', '.'));
        out.append(" ").append(version).append('\n');
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> sorted = files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("package-info.class"))
                    .sorted(Comparator.comparing(file -> file.toString().replace(".class", "")))
                    .toList();
            for (Path file : sorted) type(load(file), role(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Class<?> load(Path file) {
        String name = classes.relativize(file).toString().replace('/', '.').replace(".class", "");
        try {
            return Class.forName(name, false, Signatures.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Who implements the type: what a change of it means for them depends on that.
    private static String role(Path file) {
        Map<String, Annotation> annotations = annotations(file);
        return ROLES.stream()
                .filter(role -> annotations.containsKey("org.osgi.annotation.versioning." + role))
                .map(role -> "@" + role + " ")
                .collect(Collectors.joining());
    }

    private void type(Class<?> type, String role) {
        for (Class<?> at = type; at != null; at = at.getEnclosingClass()) if (!visible(at.getModifiers())) return;
        out.append("\n  ")
                .append(role)
                .append(kind(type))
                .append(name(type))
                .append(variables(type.getTypeParameters()));
        if (type.getSuperclass() != null && !isOneOf(type.getSuperclass(), Object.class, Enum.class, Record.class)) {
            out.append(" extends ").append(name(type.getGenericSuperclass()));
        }
        list(type.isInterface() ? " extends " : " implements ", type.getGenericInterfaces());
        if (type.isSealed()) list(" permits ", type.getPermittedSubclasses());
        out.append('\n');
        List<String> members = new ArrayList<>();
        if (type.isRecord()) components(type);
        if (type.isEnum()) choices(type);
        for (Field field : type.getDeclaredFields()) {
            if (visible(field.getModifiers()) && !field.isEnumConstant()) {
                members.add("field " + modifiers(field.getModifiers()) + name(field.getGenericType()) + " "
                        + field.getName());
            }
        }
        for (Constructor<?> made : type.getDeclaredConstructors()) {
            if (visible(made.getModifiers()) && !canonical(type, made)) members.add("new " + call(made, ""));
        }
        for (Method method : type.getDeclaredMethods()) {
            if (visible(method.getModifiers()) && !method.isSynthetic() && !implied(type, method)) {
                String head = modifiers(method.getModifiers()) + (method.isDefault() ? "default " : "");
                members.add(
                        "call " + head + variables(method.getTypeParameters()).strip()
                                + name(method.getGenericReturnType()) + " " + call(method, method.getName()));
            }
        }
        new TreeSet<>(members)
                .forEach(member -> out.append("    ").append(member).append('\n'));
    }

    private void components(Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            out.append("    component ")
                    .append(name(component.getGenericType()))
                    .append(' ');
            out.append(component.getName()).append('\n');
        }
    }

    private void choices(Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            out.append("    constant ").append(((Enum<?>) constant).name());
            if (constant instanceof ErrorCode code)
                out.append(" ").append(code.text()).append(" exit ").append(code.exitCode());
            out.append('\n');
        }
    }

    private static boolean visible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static boolean isOneOf(Class<?> type, Class<?>... others) {
        return List.of(others).contains(type);
    }

    private static boolean canonical(Class<?> type, Constructor<?> made) {
        return type.isRecord()
                && Arrays.equals(
                        made.getParameterTypes(),
                        Arrays.stream(type.getRecordComponents())
                                .map(RecordComponent::getType)
                                .toArray());
    }

    private static boolean implied(Class<?> type, Method method) {
        boolean bare = method.getParameterCount() == 0;
        String name = method.getName();
        if (type.isEnum()) return bare ? name.equals("values") : name.equals("valueOf");
        if (!type.isRecord()) return false;
        return bare
                ? List.of("hashCode", "toString").contains(name)
                        || Arrays.stream(type.getRecordComponents())
                                .anyMatch(component -> component.getName().equals(name))
                : name.equals("equals");
    }

    private static String kind(Class<?> type) {
        String kind = type.isAnnotation()
                ? "annotation "
                : type.isInterface() ? "interface " : type.isEnum() ? "enum " : type.isRecord() ? "record " : "class ";
        int shown = type.isInterface() || type.isEnum() || type.isRecord()
                ? 0
                : type.getModifiers() & (Modifier.ABSTRACT | Modifier.FINAL);
        return (type.isSealed() ? "sealed " : "") + (shown == 0 ? "" : Modifier.toString(shown) + " ") + kind;
    }

    private static String modifiers(int modifiers) {
        int shown = modifiers & (Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL);
        return shown == 0 ? "" : Modifier.toString(shown) + " ";
    }

    private static String call(Executable executable, String name) {
        Type[] types = executable.getGenericParameterTypes();
        List<String> parameters = new ArrayList<>();
        for (int i = 0; i < types.length; i++) {
            boolean variable = executable.isVarArgs() && i == types.length - 1;
            parameters.add(variable ? name(types[i]).replaceFirst("\\[]$", "...") : name(types[i]));
        }
        String thrown = Arrays.stream(executable.getGenericExceptionTypes())
                .map(Signatures::name)
                .collect(Collectors.joining(", "));
        return name + "(" + String.join(", ", parameters) + ")" + (thrown.isEmpty() ? "" : " throws " + thrown);
    }

    private void list(String word, Type[] types) {
        if (types.length == 0) return;
        out.append(word).append(Arrays.stream(types).map(Signatures::name).collect(Collectors.joining(", ")));
    }

    private static String variables(TypeVariable<?>[] variables) {
        if (variables.length == 0) return "";
        return Arrays.stream(variables)
                .map(variable -> variable
                        + Arrays.stream(variable.getBounds())
                                .filter(bound -> bound != Object.class)
                                .map(bound -> " extends " + name(bound))
                                .collect(Collectors.joining()))
                .collect(Collectors.joining(", ", "<", "> "));
    }

    /// Types of java.lang and of the API itself by their simple names.
    private static String name(Type type) {
        return type.getTypeName()
                .replaceAll("\\b(java\\.lang|org\\.datahub\\.api(\\.[a-z]+)?)\\.(?=[A-Z])", "")
                .replace('$', '.');
    }
}
