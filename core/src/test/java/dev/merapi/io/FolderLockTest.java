package dev.merapi.io;

import dev.merapi.ChildJvm;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FolderLockTest {
    @TempDir Path folder;

    /** Holds a lock until it is killed. */
    public static final class Holder {
        static void main(String[] args) throws Exception {
            FolderLock.tryLock(Path.of(args[0])).orElseThrow();
            System.out.println("held");
            new CountDownLatch(1).await();
        }
    }

    @Test void aKilledProcessHoldsItNoMore() throws Exception {
        var holder = new ChildJvm().start(Holder.class, folder.toString());
        assertTrue(holder.inputReader().readLine().equals("held"));
        assertTrue(FolderLock.tryLock(folder).isEmpty());
        holder.destroyForcibly().waitFor();
        FolderLock.tryLock(folder).orElseThrow().close();
    }

    /** The system's lock is the process's, and would be lost with the second channel. */
    @Test void aSecondTryInOneProcessDoesNotEndIt() throws Exception {
        try (var _ = FolderLock.tryLock(folder).orElseThrow()) {
            assertTrue(FolderLock.tryLock(folder.resolve("../" + folder.getFileName())).isEmpty());
            var other = new ChildJvm().run(Trier.class, folder.toString());
            assertTrue(other.output().contains("false"), other.output());
        }
        assertTrue(new ChildJvm().run(Trier.class, folder.toString()).output().contains("true"));
    }

    /** Says whether it gets a lock. */
    public static final class Trier {
        static void main(String[] args) throws Exception {
            System.out.println(FolderLock.tryLock(Path.of(args[0])).isPresent());
        }
    }

    @Test void anotherThreadWaits() throws Exception {
        var waiting = new FutureTask<>(() -> {
            FolderLock.lock(folder).close();
            return null;
        });
        try (var _ = FolderLock.tryLock(folder).orElseThrow()) {
            new Thread(waiting).start();
            assertFalse(waiting.isDone());
        }
        waiting.get();
    }

    @Test void anInterruptIsKept() throws Exception {
        Thread.currentThread().interrupt();
        FolderLock.tryLock(folder).orElseThrow().close();
        assertTrue(Thread.interrupted());
    }
}
