package org.datahub.api.spi;

import org.osgi.service.component.annotations.ComponentPropertyType;

/// The service property `allocator.name`, which targets select by.
@ComponentPropertyType
public @interface AllocatorName {
    /// The allocator's name.
    String value();
}
