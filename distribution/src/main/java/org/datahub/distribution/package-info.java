/// The command line `datahub`, and what starts the hub.
package org.datahub.distribution;
