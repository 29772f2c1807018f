package org.datahub.itests.crash;

/// One place in the code that stores into shared memory, or takes a step of the kernel.
///
/// @param id as the JVM knows it: class, method, descriptor, byte code index, and the same of each
///     verb between it and the store; changes with any change of the method
/// @param name as people know it: method, verb, and the how manyth such call of the method; `.2`
///     is the second store of a verb that makes several
/// @param isStep whether it is a step of the kernel and no store
record Site(String id, String name, boolean isStep) {
    /// Between the frames of an id.
    static final String INSIDE = ">";

    static String id(String className, String method, String descriptor, int index) {
        return className + "." + method + descriptor + ":" + index;
    }
}
