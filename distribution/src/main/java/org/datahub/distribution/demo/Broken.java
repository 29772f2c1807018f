package org.datahub.distribution.demo;

/// The demo can't go on: a process that is needed did not come up, or is gone.
public final class Broken extends Exception {
    private static final long serialVersionUID = 1;

    Broken(String what) {
        super(what);
    }
}
