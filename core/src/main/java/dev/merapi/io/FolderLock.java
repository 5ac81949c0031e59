package dev.merapi.io;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps a folder from being written by two at once: by two processes, or by two threads of one. It is a lock on the
 * file {@code .lock} in the folder, which the system releases when a process ends, however it does; the file stays.
 */
public final class FolderLock implements AutoCloseable {
    /** The folders that this process holds: the system's lock is one process's, and closing any channel ends it. */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Takes the lock of a folder, which is made if need be.
     *
     * @return empty if somebody has it
     */
    public static Optional<FolderLock> tryLock(Path folder) throws IOException {
        Path real = real(folder);
        synchronized (HELD) {
            if (!HELD.add(real)) return Optional.empty();
        }
        return Optional.ofNullable(open(real, false));
    }

    /** As {@link #tryLock}, but waits until nobody has it. */
    static FolderLock lock(Path folder) throws IOException {
        Path real = real(folder);
        synchronized (HELD) {
            boolean interrupted = false;
            while (!HELD.add(real)) {
                try {
                    HELD.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
        }
        return open(real, true);
    }

    private static Path real(Path folder) throws IOException {
        Files.createDirectories(folder);
        return folder.toRealPath();
    }

    /** Null if another process has it, and nobody waits. */
    private static FolderLock open(Path folder, boolean wait) throws IOException {
        boolean taken = false;
        try {
            FileChannel channel = Interrupts.without(() -> channel(folder.resolve(".lock"), wait));
            taken = channel != null;
            return taken ? new FolderLock(folder, channel) : null;
        } finally {
            if (!taken) release(folder);
        }
    }

    private static FileChannel channel(Path file, boolean wait) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            taken = isTaken(channel, wait);
            return taken ? channel : null;
        } finally {
            if (!taken) channel.close();
        }
    }

    private static boolean isTaken(FileChannel channel, boolean wait) throws IOException {
        try {
            return (wait ? channel.lock() : channel.tryLock()) != null;
        } catch (ClosedByInterruptException | FileLockInterruptionException e) {
            throw e;
        } catch (IOException e) {
            return true; // a file system without locks, such as a cluster's: this process knows its own
        }
    }

    private static void release(Path folder) {
        synchronized (HELD) {
            HELD.remove(folder);
            HELD.notifyAll();
        }
    }

    @Override public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // the system releases the lock when the process ends
        }
        release(folder);
    }
}
