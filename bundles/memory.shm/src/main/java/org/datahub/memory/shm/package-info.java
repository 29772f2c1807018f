/// Data segments as files in the block's own directory, on a memory file system.
package org.datahub.memory.shm;
