package dev.merapi.serve;

import io.helidon.webserver.CloseConnectionException;
import java.io.IOException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * How long a client may take to send or to fetch something: one that sends half a request, or reads no answer, would
 * hold a model that is to be opened anew, and a thread, for ever.
 */
record Patience(int seconds) {
    private static final ScheduledThreadPoolExecutor ALARMS = new ScheduledThreadPoolExecutor(1,
            Thread.ofPlatform().name("patience").daemon().factory());

    static { ALARMS.setRemoveOnCancelPolicy(true); }

    /** Reads from a client, or writes to it. */
    interface Transfer<T> {
        T run() throws IOException;
    }

    /** Interrupts a virtual thread that reads or writes, which closes its connection. */
    private static final class Alarm {
        private final Thread thread = Thread.currentThread();
        private boolean over;
        private boolean rang;

        synchronized void ring() {
            if (over) return;
            rang = true;
            thread.interrupt();
        }

        /** From now on nothing is interrupted any more, also not by one that came too late. */
        synchronized void end() {
            over = true;
            if (rang) Thread.interrupted();
        }
    }

    /**
     * What the transfer gives.
     *
     * @throws CloseConnectionException if the client has hung up, or took too long
     */
    <T> T allow(Transfer<T> transfer) {
        var alarm = new Alarm();
        var timer = ALARMS.schedule(alarm::ring, seconds, TimeUnit.SECONDS);
        try {
            return transfer.run();
        } catch (IOException e) {
            throw new CloseConnectionException("the client has hung up, or took too long", e);
        } finally {
            timer.cancel(false);
            alarm.end();
        }
    }
}
