package org.datahub.itests.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.datahub.api.layout.Words;
import org.datahub.api.spi.Reservation;
import org.datahub.engine.LibraryHubFactory;
import org.datahub.integrity.crc32c.Crc32cIntegrity;
import org.datahub.memory.shm.ShmSegmentAllocator;

/// Every place in the compiled classes that stores into shared memory or takes a step of the
/// kernel: found by reading the byte code, so that none is forgotten.
final class StoreSites {
    private static final List<Class<?>> BUNDLES =
            List.of(LibraryHubFactory.class, Crc32cIntegrity.class, ShmSegmentAllocator.class);
    private static final String LAYOUTS = Words.class.getPackageName().replace('.', '/') + "/";
    private static final String RESERVATION = Reservation.class.getName();
    private static final String BELOW = LAYOUTS + "Below";

    /// A call: where it stands, and what it calls.
    private record Call(String from, int index, String owner, String method, String descriptor) {
        String at() {
            return from + ":" + index;
        }

        String target() {
            return Site.id(owner.replace('/', '.'), method, descriptor, 0);
        }
    }

    /// Calls of each method of the layouts, by the method's id with index 0.
    private final Map<String, List<Call>> verbs = new HashMap<>();
    private final Map<String, Site> sites = new LinkedHashMap<>();

    private StoreSites() {}

    /// All sites of the product by id.
    static Map<String, Site> all() {
        StoreSites found = withVerbs();
        for (Class<?> bundle : BUNDLES) classes(bundle).forEach(found::readSites);
        classes(Reservation.class)
                .filter(model -> className(model).equals(RESERVATION))
                .forEach(found::readSites);
        return found.sites;
    }

    /// The sites of one class, not of those that stand in it.
    static Map<String, Site> of(Class<?> type) {
        StoreSites found = withVerbs();
        classes(type).filter(model -> className(model).equals(type.getName())).forEach(found::readSites);
        return found.sites;
    }

    private static StoreSites withVerbs() {
        StoreSites found = new StoreSites();
        classes(Words.class).filter(found::isLayout).forEach(found::readVerbs);
        return found;
    }

    /// Names of the sites that are none of these points.
    static Set<String> missed(Map<String, Site> sites, Set<String> points) {
        Set<String> missed = new TreeSet<>();
        sites.values().stream().filter(site -> !points.contains(site.id())).forEach(site -> missed.add(site.name()));
        return missed;
    }

    /// The id of the site of this name.
    static String idOf(Map<String, Site> sites, String name) {
        return sites.values().stream()
                .filter(site -> site.name().equals(name))
                .map(Site::id)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such site: " + name));
    }

    private boolean isLayout(ClassModel model) {
        return model.thisClass().asInternalName().startsWith(LAYOUTS);
    }

    private void readVerbs(ClassModel model) {
        for (MethodModel method : model.methods()) {
            String id = Site.id(
                    className(model),
                    method.methodName().stringValue(),
                    method.methodType().stringValue(),
                    0);
            verbs.put(id, calls(model, method));
        }
    }

    private void readSites(ClassModel model) {
        Map<String, Integer> counted = new HashMap<>();
        for (MethodModel method : model.methods()) {
            for (Call call : calls(model, method)) {
                List<String> stores = stores(call);
                if (stores.isEmpty()) continue;
                String owner = call.owner.substring(call.owner.lastIndexOf('/') + 1);
                String name = shown(model, method) + "@" + owner + "." + call.method;
                name += "#" + counted.merge(name, 1, Integer::sum);
                for (int index = 0; index < stores.size(); index++) {
                    String id = call.at() + stores.get(index);
                    String single = stores.size() == 1 ? name : name + "." + (index + 1);
                    sites.put(id, new Site(id, single, isStep(call)));
                }
            }
        }
    }

    /// What a trap sees between the call and each store that it leads to: nothing for a verb that
    /// is the store itself.
    private List<String> stores(Call call) {
        if (isStep(call)) return List.of("");
        if (!call.owner.startsWith(LAYOUTS)) return List.of();
        List<Call> inner = verbs.getOrDefault(call.target(), List.of());
        if (inner.stream().anyMatch(each -> each.owner.equals(BELOW) && isStore(each, call))) return List.of("");
        List<String> found = new ArrayList<>();
        for (Call next : inner) {
            if (next.owner.equals(BELOW)) continue;
            for (String deeper : stores(next)) found.add(Site.INSIDE + next.at() + deeper);
        }
        return found;
    }

    /// A load takes a place only; a fence nothing. A copy into an array of this process is a load.
    private static boolean isStore(Call below, Call verb) {
        boolean load = below.descriptor.startsWith("(Ljava/lang/foreign/MemorySegment;J)");
        boolean fence = below.descriptor.equals("()V");
        boolean outwards = verb.descriptor.startsWith("(Ljava/lang/foreign/MemorySegment;J[");
        boolean choice = below.method.equals("chosen");
        return !load && !fence && !outwards && !choice;
    }

    private static boolean isStep(Call call) {
        return Steps.SEEN.contains(call.method)
                && Steps.TYPES.stream()
                        .anyMatch(type -> type.getName().replace('.', '/').equals(call.owner));
    }

    private static List<Call> calls(ClassModel model, MethodModel method) {
        List<Call> calls = new ArrayList<>();
        String name = method.methodName().stringValue();
        String from = Site.id(className(model), name, method.methodType().stringValue(), 0);
        from = from.substring(0, from.lastIndexOf(':'));
        CodeModel code = method.code().orElse(null);
        if (code == null) return calls;
        int index = 0;
        for (var element : code) {
            if (!(element instanceof Instruction instruction)) continue;
            if (instruction instanceof InvokeInstruction invoke) {
                String owner = invoke.owner().asInternalName();
                String called = invoke.name().stringValue();
                calls.add(new Call(from, index, owner, called, invoke.type().stringValue()));
            }
            if (instruction instanceof InvokeDynamicInstruction dynamic) {
                for (ConstantDesc argument : dynamic.bootstrapArgs()) {
                    if (argument instanceof DirectMethodHandleDesc handle) calls.add(referred(from, index, handle));
                }
            }
            index += instruction.sizeInBytes();
        }
        return calls;
    }

    /// A method that is referred to (`Words::release`) is called from nowhere that a trap could
    /// name: it is found here, and never met.
    private static Call referred(String from, int index, DirectMethodHandleDesc handle) {
        String owner = handle.owner().descriptorString();
        owner = owner.substring(1, owner.length() - 1);
        return new Call(from, index, owner, handle.methodName(), handle.lookupDescriptor());
    }

    private static String className(ClassModel model) {
        return model.thisClass().asInternalName().replace('/', '.');
    }

    /// `RowLock.pass`; a lambda counts as a part of the method that it stands in, a constructor as
    /// `new`.
    private static String shown(ClassModel model, MethodModel method) {
        String name = method.methodName().stringValue();
        if (name.startsWith("lambda$")) name = name.split("\\$")[1];
        String simple = className(model).substring(className(model).lastIndexOf('.') + 1);
        return simple.replace('$', '.') + "." + name.replace("<init>", "new");
    }

    /// The classes that stand beside this one.
    private static Stream<ClassModel> classes(Class<?> one) {
        try {
            Path place = Path.of(
                    one.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isDirectory(place)) return models(place).stream();
            try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + place.toUri()), Map.of())) {
                return models(jar.getPath("/")).stream();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<ClassModel> models(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.toString().endsWith("-info.class"))
                    .sorted()
                    .map(StoreSites::model)
                    .collect(Collectors.toList());
        }
    }

    private static ClassModel model(Path file) {
        try {
            return ClassFile.of().parse(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// All sites by name.
    static Map<String, Site> byName(Map<String, Site> sites) {
        Map<String, Site> named = new TreeMap<>();
        sites.values().forEach(site -> named.put(site.name(), site));
        return named;
    }
}
