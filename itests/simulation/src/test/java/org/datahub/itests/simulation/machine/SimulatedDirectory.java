package org.datahub.itests.simulation.machine;

import java.util.List;
import org.datahub.api.spi.Directory;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.KernelException;
import org.datahub.api.spi.NativeFile;

/// An open directory. Who looks a name up has seen what those did who changed the directory before.
final class SimulatedDirectory implements Directory {
    private final Machine machine;
    private final Disk.Inode inode;
    private final String path;

    SimulatedDirectory(Machine machine, Disk.Inode inode, String path) {
        this.machine = machine;
        this.inode = inode;
        this.path = path;
    }

    private void call(String what, String name) {
        machine.call(what, () -> path + "/" + name);
        if (machine.running() != null) machine.running().core.hear(inode.told);
    }

    private void change(String what, String name) {
        call(what, name);
        if (machine.running() != null) machine.running().core.tell(inode.told);
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public FileStatus status() {
        return inode.status();
    }

    @Override
    public FileStatus status(String name) {
        call("status", name);
        Disk.Inode found = inode.entries.get(name);
        return found == null ? null : found.status();
    }

    @Override
    public Directory openDirectory(String name) {
        call("open", name);
        Disk.Inode found = inode.entries.get(name);
        return found == null ? null : new SimulatedDirectory(machine, found, path + "/" + name);
    }

    @Override
    public void makeDirectory(String name, int mode) {
        change("mkdir", name);
        add(name, FileStatus.Kind.DIRECTORY, mode);
    }

    /// Everybody here has one group.
    @Override
    public void group(int gid) {}

    private Disk.Inode add(String name, FileStatus.Kind kind, int mode) {
        if (inode.entries.containsKey(name))
            throw new KernelException("create " + path + "/" + name, KernelException.EEXIST);
        if (inode.removed) throw new KernelException("create " + path + "/" + name, KernelException.ENOENT);
        Disk.Inode added = machine.disk().create(kind, mode);
        inode.add(name, added);
        return added;
    }

    @Override
    public NativeFile open(String name, boolean writable) {
        call("open", name);
        Disk.Inode found = inode.entries.get(name);
        return found == null ? null : new SimulatedFile(machine, found, path + "/" + name);
    }

    @Override
    public NativeFile create(String name, int mode) {
        change("create", name);
        return new SimulatedFile(machine, add(name, FileStatus.Kind.REGULAR, mode), path + "/" + name);
    }

    @Override
    public boolean rename(String from, String to) {
        change("rename", from + " " + to);
        if (inode.entries.containsKey(to)) return false;
        Disk.Inode moved = inode.entries.remove(from);
        if (moved == null) throw new KernelException("rename " + path + "/" + from, KernelException.ENOENT);
        inode.entries.put(to, moved);
        moved.publish();
        return true;
    }

    @Override
    public void unlink(String name) {
        change("unlink", name);
        inode.entries.remove(name);
    }

    @Override
    public void removeDirectory(String name) {
        change("rmdir", name);
        Disk.Inode found = inode.entries.get(name);
        if (found == null) return;
        if (!found.entries.isEmpty()) throw new KernelException("rmdir " + path + "/" + name, 39);
        found.removed = true;
        inode.entries.remove(name);
    }

    @Override
    public List<String> list() {
        call("list", "");
        return List.copyOf(inode.entries.keySet());
    }

    @Override
    public long usableBytes() {
        return Memory.BYTES;
    }

    @Override
    public void close() {
        // Nothing is held by it.
    }
}
