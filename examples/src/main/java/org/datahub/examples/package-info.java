/// Programs as users write them, one idea each. They use the caller's hub directory:
/// `$DATAHUB_DIR`, or
/// `/dev/shm/datahub-<uid>`.
package org.datahub.examples;
