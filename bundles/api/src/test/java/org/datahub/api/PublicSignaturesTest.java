package org.datahub.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.datahub.api.testing.Published;
import org.junit.jupiter.api.Test;

/// What others can compile against changes only together with `docs/api-signatures.txt`: a reviewer
/// sees it.
class PublicSignaturesTest {
    private static final String INTRODUCTION = """
            What programs can compile against, printed from the class files by PublicSignaturesTest.
            A change here is a change of a package's version: see CONTRIBUTING.md.

            """;

    @Test
    void theSignaturesAreThePublishedOnes() {
        Published.check("docs/api-signatures.txt", INTRODUCTION + Signatures.print(classes()));
    }

    @Test
    void everyPackageOfTheApiIsExported() {
        Set<String> exported = new TreeSet<>();
        Signatures.print(classes())
                .lines()
                .filter(line -> line.startsWith("package "))
                .forEach(line -> exported.add(line.split(" ")[1]));
        assertEquals(
                Set.of(
                        "org.datahub.api",
                        "org.datahub.api.admin",
                        "org.datahub.api.keys",
                        "org.datahub.api.layout",
                        "org.datahub.api.spi"),
                exported);
    }

    private static Path classes() {
        try {
            return Path.of(DataHub.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
