package org.datahub.itests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The picture of the floors, held against the manifests and modules that were built: everything
/// stands on `api`,
/// and `api` on nothing of ours. Who provides what is met as a service.
class FloorsIT {
    private static final String API = "org.datahub.api";
    /// Teaches File Install a name; it knows nothing of blocks.
    private static final String FILES = "org.datahub.config.files";

    private static final String OURS = "org.datahub.";
    private static final String SERVICES = "META-INF/services/";

    static List<Bundle> bundles() {
        return Bundle.all();
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void aBundleImportsOfOursWhatApiExportsAndNothingElse(Bundle bundle) {
        Set<String> imported = new TreeSet<>();
        for (Bundle.Clause clause : bundle.header("Import-Package")) {
            if (clause.name().startsWith(OURS)) imported.add(clause.name());
        }
        Set<String> foreign = new TreeSet<>(imported);
        foreign.removeAll(exportsOf(API));
        assertEquals(Set.of(), foreign);
        assertTrue(
                imported.contains(API + ".spi") || bundle.name().equals(FILES),
                "everything stands on api, which imports what it exports: " + imported);
    }

    @Test
    void onlyApiExportsPackages() {
        for (Bundle bundle : bundles()) {
            if (bundle.name().equals(API)) continue;
            assertEquals(Set.of(), exportsOf(bundle.name()), bundle.name());
        }
        assertEquals(
                Set.of(
                        "org.datahub.api",
                        "org.datahub.api.admin",
                        "org.datahub.api.keys",
                        "org.datahub.api.layout",
                        "org.datahub.api.spi"),
                exportsOf(API));
    }

    private static Set<String> exportsOf(String name) {
        Set<String> exported = new TreeSet<>();
        for (Bundle bundle : bundles()) {
            if (!bundle.name().equals(name)) continue;
            for (Bundle.Clause clause : bundle.header("Export-Package")) exported.add(clause.name());
        }
        return exported;
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void everyPackageIsVersioned(Bundle bundle) {
        for (String header : List.of("Import-Package", "Export-Package")) {
            for (Bundle.Clause clause : bundle.header(header)) {
                if (clause.name().startsWith("javax.")) continue; // the JDK's have none
                String version = clause.words().getOrDefault("version", "");
                assertTrue(!version.isEmpty(), header + ": " + clause);
                if (header.equals("Import-Package")) assertTrue(version.matches("\\[.*,.*\\)"), clause.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void thereAreNoOtherWiresBetweenBundles(Bundle bundle) {
        for (String header : List.of("Require-Bundle", "DynamicImport-Package", "Fragment-Host", "Bundle-ClassPath")) {
            assertEquals(List.of(), bundle.header(header), header);
        }
    }

    /// A container of one's own may have neither a registrar nor any other extender than that of
    /// Declarative
    /// Services.
    @ParameterizedTest
    @MethodSource("bundles")
    void noBundleDemandsAnExtenderButThatOfComponents(Bundle bundle) {
        for (Bundle.Clause clause : bundle.header("Require-Capability")) {
            boolean mandatory = !"optional".equals(clause.words().get("resolution:"));
            if (!mandatory) continue;
            String filter = clause.words().getOrDefault("filter:", "");
            switch (clause.name()) {
                case "osgi.extender" ->
                    assertTrue(filter.contains("(osgi.extender=osgi.component)"), clause.toString());
                case "osgi.ee" -> assertTrue(filter.contains("(osgi.ee=JavaSE)"), clause.toString());
                case "osgi.service", "osgi.implementation" ->
                    assertEquals(
                            "active", clause.words().get("effective:"), "keeps the bundle from resolving: " + clause);
                default -> assertEquals("", clause.name(), "demanded: " + clause);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void oneNameServesForBundleModuleAndPackages(Bundle bundle) {
        ModuleDescriptor module = module(bundle);
        assertEquals(bundle.name(), module.name());
        for (String name : module.packages()) {
            assertTrue(name.equals(bundle.name()) || name.startsWith(bundle.name() + "."), name);
        }
        assertEquals(bundle.name() + "-", bundle.jar().getFileName().toString().split("(?<=-)")[0]);
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void modulesStandOnTheSameFloors(Bundle bundle) {
        ModuleDescriptor module = module(bundle);
        Set<String> ours = new TreeSet<>();
        for (ModuleDescriptor.Requires required : module.requires()) {
            if (required.name().startsWith(OURS)) ours.add(required.name());
        }
        assertEquals(Set.of(API, FILES).contains(bundle.name()) ? Set.of() : Set.of(API), ours);
        Set<String> exported = new TreeSet<>();
        for (ModuleDescriptor.Exports export : module.exports()) {
            assertTrue(!export.isQualified(), export.toString());
            exported.add(export.source());
        }
        assertEquals(exportsOf(bundle.name()), exported, "the module exports what the bundle exports");
        assertTrue(!module.isOpen() && module.opens().isEmpty(), "nothing is open to reflection");
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void aModuleProvidesWhatTheClassPathFinds(Bundle bundle) throws IOException {
        Set<String> provided = new TreeSet<>();
        for (ModuleDescriptor.Provides provides : module(bundle).provides()) {
            for (String provider : provides.providers()) provided.add(provides.service() + " " + provider);
        }
        Set<String> found = new TreeSet<>();
        try (JarFile jar = new JarFile(bundle.jar().toFile())) {
            for (JarEntry entry : jar.stream().toList()) {
                if (entry.isDirectory() || !entry.getName().startsWith(SERVICES)) continue;
                String service = entry.getName().substring(SERVICES.length());
                String text = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                text.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .forEach(provider -> found.add(service + " " + provider));
            }
        }
        assertEquals(found, provided);
    }

    private static ModuleDescriptor module(Bundle bundle) {
        return ModuleFinder.of(bundle.jar()).findAll().iterator().next().descriptor();
    }
}
