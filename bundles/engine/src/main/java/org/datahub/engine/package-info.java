/// The slot protocol on shared memory, and the handles that programs hold.
package org.datahub.engine;
