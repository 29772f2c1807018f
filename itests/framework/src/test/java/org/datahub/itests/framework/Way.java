package org.datahub.itests.framework;

import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/// How a bundle goes, and comes back.
enum Way {
    STOP,
    UPDATE,
    UNINSTALL;

    /// It goes; a bundle that is updated is back already.
    void goes(BundleContext context, String name) throws Exception {
        Bundle bundle = Container.installed(context, name);
        switch (this) {
            case STOP -> bundle.stop();
            case UPDATE -> {
                try (InputStream bytes = new FileInputStream(jar(name))) {
                    bundle.update(bytes);
                }
            }
            case UNINSTALL -> bundle.uninstall();
        }
    }

    void comesBack(BundleContext context, String name) throws Exception {
        switch (this) {
            case STOP -> Container.installed(context, name).start();
            case UPDATE -> {}
            case UNINSTALL ->
                context.installBundle(jar(name).toURI().toString()).start();
        }
    }

    private static File jar(String name) {
        return new File(System.getProperty("bundles.dir"), name + ".jar");
    }
}
