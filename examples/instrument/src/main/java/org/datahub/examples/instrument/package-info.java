/// An instrument driver as a bundle: it publishes this machine's telemetry, or frames of a camera that nobody has to
/// plug
/// in. Drop its jar into `deploy/` and a `.cfg` for each stream into `config/`.
package org.datahub.examples.instrument;
