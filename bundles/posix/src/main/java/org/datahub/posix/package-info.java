/// The kernel's services by foreign function calls; the only bundle that makes them.
package org.datahub.posix;
