package dev.merapi.train;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/**
 * Lets Ctrl-C, or another order to end the process, end a fit after its current step: the JVM's shutdown waits until it
 * is closed. The exit code is the JVM's own, 130 for Ctrl-C and 143 for SIGTERM.
 */
final class GracefulStop implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread worker = Thread.currentThread();
    private final Thread hook;

    GracefulStop(Runnable requestStop) {
        hook = new Thread(() -> {
            requestStop.run();
            if (!workerExits()) awaitClose();
        }, "merapi-graceful-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** A worker that calls System.exit waits for this hook: waiting for it in turn would never end. */
    private boolean workerExits() {
        return Arrays.stream(worker.getStackTrace()).anyMatch(f -> f.getClassName().equals("java.lang.Shutdown"));
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) { // the shutdown is under way: the hook has run
        }
    }
}
