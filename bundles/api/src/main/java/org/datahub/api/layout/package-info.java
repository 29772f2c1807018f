/// The words in shared memory: where each stands, and the one class that touches them.
@Export
@Version("1.0.0")
package org.datahub.api.layout;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
