/// Data segments and whole blocks as files in a directory of the operator's choice.
package org.datahub.memory.file;
