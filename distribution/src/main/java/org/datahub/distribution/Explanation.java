package org.datahub.distribution;

import java.util.List;
import org.datahub.api.ErrorCode;

/// An error code in words. The compiler asks for a new code's words.
///
/// @param code as people quote it
/// @param name its name in Java
/// @param exit the exit status of a command that ends with it
/// @param meaning what is the case
/// @param next what to do
record Explanation(String code, String name, int exit, String meaning, String next) {
    private record Words(String meaning, String next) {}

    static Explanation of(ErrorCode code) {
        Words words = words(code);
        return new Explanation(code.text(), code.name(), code.exitCode(), words.meaning, words.next);
    }

    /// For people.
    List<String> text() {
        return List.of(code + " " + name + " (exit status " + exit + ")", "  " + meaning, "  → " + next);
    }

    private static Words words(ErrorCode code) {
        return switch (code) {
            case HUB_DIRECTORY ->
                new Words(
                        "The hub directory is missing, a symbolic link, another user's, or writable by others.",
                        "Make it with mkdir -m 700, or for a group with mode 3770; choose it by --hub or DATAHUB_DIR.");
            case BLOCK_NAME ->
                new Words(
                        "The name can't name a block.",
                        "Use 1 to 255 bytes without slash and control characters, not starting with a dot.");
            case BLOCK_NOT_FOUND ->
                new Words(
                        "No block has this name, or none appeared within the time given.",
                        "Look with datahub ls, start the producer, or wait longer with --wait.");
            case GEOMETRY_REFUSED ->
                new Words(
                        "The block exists with another geometry or policy than asked for.",
                        "Leave out what differs; hand the block over, where it is slots or memory; or remove it with datahub rm.");
            case NO_SPACE ->
                new Words(
                        "The file system has no room for the block; nothing was left behind.",
                        "Take fewer or smaller slots, remove blocks, or enlarge /dev/shm.");
            case MEMORY_LIMIT ->
                new Words(
                        "The memory limit of this control group has no room for the block.",
                        "Take fewer or smaller slots, or raise the limit (systemd: MemoryMax, Docker: --memory).");
            case FILE_INVALID ->
                new Words(
                        "A file of the block is truncated, empty, foreign, or no regular file.",
                        "Find out who wrote it; datahub rm removes the block.");
            case LAYOUT_VERSION ->
                new Words(
                        "The block was made by a DataHub with another memory layout.",
                        "Use one version for all programs of a block, or remove the block.");
            case FOREIGN_OWNER ->
                new Words(
                        "The block belongs to another user, who alone may produce into it or remove it.",
                        "Run as that user, or take another name.");
            case BLOCK_IN_USE ->
                new Words(
                        "A producer or a consumer of the block lives, so it can't be removed.",
                        "datahub info shows their processes; end them first.");
            case NATIVE_ACCESS ->
                new Words(
                        "The JVM was started without native access for DataHub.",
                        "Start java with --enable-native-access=ALL-UNNAMED, or =org.datahub.posix on the module path.");
            case KERNEL ->
                new Words(
                        "The kernel refused a call for another reason than the ones above.",
                        "Look up the errno it names.");
            case ALLOCATOR_MISSING ->
                new Words(
                        "No allocator has the name that the block or the configuration gives.",
                        "Install its bundle, or put its jar on the class path.");
            case MEMORY_FAULT ->
                new Words(
                        "The memory under a mapping went away, so the handle can't be used any more.",
                        "Find out who truncated the files; close the handle and attach again. Its last slot counts as lost.");
            case BLOCK_ORPHANED ->
                new Words(
                        "The block's name has vanished or names another block, while this handle was open.",
                        "Attach again. systemd's RemoveIPC and rm -r do this.");
            case BLOCK_REMOVED ->
                new Words("The block was removed.", "Make it anew, or attach again when it is there.");
            case PERMISSION ->
                new Words(
                        "The kernel denied access to a file or directory of the hub.",
                        "See who owns it; a shared hub directory has mode 3770 and a group.");
            case SCHEMA_REFUSED ->
                new Words(
                        "A flexible zone has a schema of another hash than the program was built with.",
                        "Use programs of one schema; datahub info shows the zone's. Or remove the block and make it anew.");
            case HUGE_PAGES ->
                new Words(
                        "No huge pages for the block: no hugetlbfs of this page size is mounted, or the kernel's pool has"
                                + " too few free pages.",
                        "The message has the commands for this machine. Or set pages=prefer, and take ordinary pages.");
            case MEMORY_DIRECTORY ->
                new Words(
                        "The directory that org.datahub.memory.file was given is missing, a link, another user's, writable"
                                + " by others, or can't be written.",
                        "Make one that only you may write, and name it in config/org.datahub.memory.file.cfg.");
            case PRODUCER_CONFLICT ->
                new Words(
                        "Another process produces into the block; a block has one producer.",
                        "End that process, or publish under another name.");
            case CONSUMER_CONFLICT ->
                new Words(
                        "A SEQUENTIAL block has one lossless consumer, and it is there.",
                        "Read as an observer, end the other, or make the block with SEQUENTIAL_SYNC.");
            case PARTICIPANTS_FULL ->
                new Words(
                        "Every row for consumers is taken.",
                        "End a consumer, or make the block anew with more participants.");
            case DELIVERY_REFUSED ->
                new Words(
                        "The block's policy has no consumers of this kind.",
                        "Nobody gates a LATEST_ONLY block, and only one with 1 or 2 slots is read by pins; read as an observer.");
            case CONSUMER_STALLED ->
                new Words(
                        "A live lossless consumer gates the producer for longer than the block's stall time.",
                        "See why it does not read, end it, or choose stall policy EVICT.");
            case LOCK_TIMEOUT ->
                new Words(
                        "Another participant holds a lock, or writes a flexible zone, for longer than the caller waits.",
                        "Try again; datahub info shows who is attached.");
            case PRODUCER_SILENT ->
                new Words(
                        "The block's producer lives and did not answer a request in time; the request was withdrawn.",
                        "See whether it is stopped or inside a long write, and ask again with a longer --timeout.");
            case NO_PRODUCER ->
                new Words(
                        "The request needs a producer: nobody produces, and the caller can't stand in; or the producer died meanwhile.",
                        "Ask again, as the block's owner; or start the producer first.");
            case REQUEST_REFUSED ->
                new Words(
                        "The block's producer does not do what was asked for; the message says why.",
                        "Look with datahub info, and ask for what is possible.");
            case HANDOVER_CANCELLED ->
                new Words(
                        "A handover was cancelled before anything changed; the message says why, and which row.",
                        "Mend that and ask again, or use --force, which ends the stream of who can't follow.");
            case WRITE_TIMEOUT ->
                new Words(
                        "Lossless consumers held a write up for longer than its timeout.",
                        "datahub info shows who lags; a live consumer is never robbed.");
            case SLOT_NUMBERS_EXHAUSTED ->
                new Words("The block can't count further.", "Remove the block and make it anew.");
            case HANDLE_CLOSED -> new Words("The handle or its hub was closed.", "Open a new one.");
            case INTERRUPTED ->
                new Words("The thread was interrupted while it waited.", "The handle is still good; call again.");
            case CONFIGURATION ->
                new Words(
                        "A value of the configuration or of the command line can't be used.",
                        "Use one that is allowed.");
            case SLOT_CORRUPT ->
                new Words(
                        "A slot is not as it was sealed, and was not delivered.",
                        "The next read goes on behind it. See who can write the block's files, and the machine's memory.");
            case INTEGRITY_REFUSED ->
                new Words(
                        "A slot is sealed by an algorithm that this consumer does not accept.",
                        "If you trust it, accept it: tap --accept, or ConsumerSpec.accept in a program.");
            case INTEGRITY_MISSING ->
                new Words(
                        "The integrity provider that the block or a slot names is not there.",
                        "Install its bundle, or put its jar on the class path.");
            case KEY_MISSING ->
                new Words(
                        "The integrity provider does not hold the key that a slot is sealed with, or to be sealed with.",
                        "Put the key with that id into the key file of this program; the producer's key file has it.");
            case ROTATION_REFUSED ->
                new Words(
                        "The newest slots of the block are sealed in so many key epochs that no more can be told apart.",
                        "Rotate again when more slots were written; the message names the slot.");
            case KEY_REFUSED ->
                new Words(
                        "A key file can't be used (missing, readable by others, of another user, too short), or a secret"
                                + " stands in a configuration or in the environment.",
                        "The message names the file, its mode and the command that helps; datahub key new FILE makes a key.");
        };
    }
}
