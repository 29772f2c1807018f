/// What operators read: blocks, their participants and their counters.
@Export
@Version("1.0.0")
package org.datahub.api.admin;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
