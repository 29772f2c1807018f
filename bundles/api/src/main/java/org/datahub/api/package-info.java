/// What programs use: hubs, blocks, producers, consumers, and the errors they meet.
@Export
@Version("1.0.0")
package org.datahub.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
