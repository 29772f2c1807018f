package org.datahub.api;

/// Every broken world that DataHub names. Thousands: 1 shared memory, 2 slots, 6 configuration, 7
/// integrity.
public enum ErrorCode {
    /// The hub directory is missing, a link, of another user, or writable by others.
    HUB_DIRECTORY(1001, 6),
    /// A block name that can't be a name.
    BLOCK_NAME(1002, 2),
    /// No block of that name, within the time given.
    BLOCK_NOT_FOUND(1003, 3),
    /// The block exists with another geometry or policy.
    GEOMETRY_REFUSED(1004, 4),
    /// The file system has no room for the block.
    NO_SPACE(1005, 1),
    /// The memory limit of this control group has no room for the block.
    MEMORY_LIMIT(1006, 1),
    /// A file of the block is not what it must be: truncated, empty, foreign, not a regular file.
    FILE_INVALID(1007, 1),
    /// A file of the block has a layout that this version does not know.
    LAYOUT_VERSION(1008, 1),
    /// The block belongs to another user.
    FOREIGN_OWNER(1009, 6),
    /// The block is in use and can't be removed.
    BLOCK_IN_USE(1010, 4),
    /// The JVM was not started with native access for DataHub.
    NATIVE_ACCESS(1011, 1),
    /// The kernel refused a call.
    KERNEL(1012, 1),
    /// No allocator of the name that the block needs.
    ALLOCATOR_MISSING(1013, 9),
    /// The memory under a mapping is gone; the handle is poisoned.
    MEMORY_FAULT(1014, 1),
    /// The block's name has vanished or names another block now.
    BLOCK_ORPHANED(1015, 1),
    /// The block was removed.
    BLOCK_REMOVED(1016, 3),
    /// No permission for a file or directory of the hub.
    PERMISSION(1017, 6),
    /// A flexible zone has another schema than the caller was built with.
    SCHEMA_REFUSED(1018, 4),
    /// No mount of huge pages, or too few of them in the kernel's pool.
    HUGE_PAGES(1020, 1),
    /// The directory that an allocator was given can't be used.
    MEMORY_DIRECTORY(1021, 1),

    /// Another process produces into the block.
    PRODUCER_CONFLICT(2001, 4),
    /// SEQUENTIAL has one lossless consumer, and it is there.
    CONSUMER_CONFLICT(2002, 4),
    /// Every row of the block is taken.
    PARTICIPANTS_FULL(2003, 4),
    /// The block's policy has no such consumer.
    DELIVERY_REFUSED(2004, 4),
    /// Lossless consumers gated a write for longer than its timeout.
    WRITE_TIMEOUT(2005, 5),
    /// A slot number beyond what the block can count.
    SLOT_NUMBERS_EXHAUSTED(2006, 1),
    /// The handle was closed.
    HANDLE_CLOSED(2007, 1),
    /// The thread was interrupted while it waited.
    INTERRUPTED(2008, 1),
    /// A live lossless consumer gates the producer for longer than the block allows.
    CONSUMER_STALLED(2009, 5),
    /// Another participant holds a lock for longer than the caller waits.
    LOCK_TIMEOUT(2010, 5),
    /// A live producer does not answer a request in time.
    PRODUCER_SILENT(2011, 5),
    /// A request needs a producer: the block has none, and the caller can't stand in.
    NO_PRODUCER(2012, 3),
    /// The producer refuses a request.
    REQUEST_REFUSED(2013, 4),
    /// A handover was cancelled before the stream went on in the next generation.
    HANDOVER_CANCELLED(2014, 4),

    /// A configuration value that can't be used.
    CONFIGURATION(6001, 2),

    /// A slot failed its verification.
    SLOT_CORRUPT(7001, 8),
    /// A slot is sealed by an algorithm that this consumer does not accept.
    INTEGRITY_REFUSED(7002, 8),
    /// The integrity provider that is needed is not there.
    INTEGRITY_MISSING(7003, 8),
    /// The integrity provider does not hold the key that is needed.
    KEY_MISSING(7004, 8),
    /// A key file can't be used, or a secret stands where none may stand.
    KEY_REFUSED(7005, 8),
    /// The newest slots need all the key epochs that are known.
    ROTATION_REFUSED(7006, 8);

    private final int number;
    private final int exit;

    ErrorCode(int number, int exit) {
        this.number = number;
        this.exit = exit;
    }

    /// As people quote it: `DH-` and four digits.
    public String text() {
        return "DH-" + number;
    }

    /// The number in it.
    public int number() {
        return number;
    }

    /// The exit code of a command that ends with this error.
    public int exitCode() {
        return exit;
    }
}
