/// Files of the drop-in directories that File Install does not understand by itself, or would take
/// for something else.
package org.datahub.config.files;
