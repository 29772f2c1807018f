/// Integrity by CRC32C: detects accidents, not forgers.
package org.datahub.integrity.crc32c;
