/// Integrity by HMAC: only who holds the key can seal a slot.
package org.datahub.integrity.hmac;
