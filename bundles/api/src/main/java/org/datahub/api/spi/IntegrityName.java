package org.datahub.api.spi;

import org.osgi.service.component.annotations.ComponentPropertyType;

/// The service property `integrity.name`, which targets select by.
@ComponentPropertyType
public @interface IntegrityName {
    /// The algorithm's name.
    String value();
}
