/// Secret keys: where they are read, and how a provider of keyed integrity gets its own from them.
@Export
@Version("1.0.0")
package org.datahub.api.keys;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
