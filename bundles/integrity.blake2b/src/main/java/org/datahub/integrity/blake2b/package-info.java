/// Integrity by BLAKE2b: only who holds the key can seal a slot.
package org.datahub.integrity.blake2b;
