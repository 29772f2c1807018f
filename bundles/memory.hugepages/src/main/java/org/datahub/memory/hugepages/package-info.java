/// Data segments in huge pages, as files on a mount of hugetlbfs.
package org.datahub.memory.hugepages;
