/// What providers implement: the kernel's services, allocators, integrity.
@Export
@Version("1.0.0")
package org.datahub.api.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
