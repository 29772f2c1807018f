/// Files of the drop-in directory that File Install does not understand by itself.
package org.datahub.config.files;
