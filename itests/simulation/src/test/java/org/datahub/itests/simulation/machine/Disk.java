package org.datahub.itests.simulation.machine;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.datahub.api.spi.FileStatus;

/// The files of a machine: one directory for blocks, the blocks' directories in it, the files in
/// these.
public final class Disk {
    /// The user whose processes run here.
    static final int UID = 1000;

    private final Machine machine;
    private final Inode root;
    private long inodes;

    Disk(Machine machine) {
        this.machine = machine;
        this.root = new Inode(FileStatus.Kind.DIRECTORY, 0700);
    }

    Inode root() {
        return root;
    }

    /// The memory of a file of a block; null where there is none.
    public MemorySegment file(String block, String file) {
        Inode directory = root.entries.get(block);
        Inode inode = directory == null ? null : directory.entries.get(file);
        return inode == null ? null : inode.memory;
    }

    /// The names of a block's files; none where there is no such block.
    public List<String> files(String block) {
        Inode directory = root.entries.get(block);
        return directory == null ? List.of() : List.copyOf(directory.entries.keySet());
    }

    /// Blocks and what else is in the hub directory.
    public List<String> names() {
        return List.copyOf(root.entries.keySet());
    }

    Inode create(FileStatus.Kind kind, int mode) {
        return new Inode(kind, mode);
    }

    /// A file or directory. It stays as long as somebody has it open.
    final class Inode {
        final long number = ++inodes;
        final FileStatus.Kind kind;
        final int mode;
        final Map<String, Inode> entries = new TreeMap<>();
        final Map<Long, LockByte> locks = new TreeMap<>();
        /// What the kernel has heard from those who changed the directory.
        final View told = new View();
        MemorySegment memory;
        boolean removed;
        private boolean published;

        Inode(FileStatus.Kind kind, int mode) {
            this.kind = kind;
            this.mode = mode;
        }

        FileStatus status() {
            return new FileStatus(1, number, kind, mode, UID, UID, memory == null ? 0 : memory.byteSize());
        }

        /// From now on others can find it.
        void publish() {
            Atlas.track(machine.memory(), entries);
            published = true;
        }

        /// What is made in here can be found at once where the directory can.
        void add(String name, Inode made) {
            made.published = published;
            entries.put(name, made);
        }

        void reserve(long bytes) {
            memory = machine.memory().allocate(bytes);
            if (published) machine.memory().track(memory, 0, bytes);
        }
    }

    /// A lock byte: who takes it has seen what he did who had it before, and nobody else tells
    /// anybody anything.
    static final class LockByte {
        final View told = new View();
        SimulatedFile owner;
    }
}
