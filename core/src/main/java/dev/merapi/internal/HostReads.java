package dev.merapi.internal;

import java.util.concurrent.atomic.LongAdder;

/** Counts how often a tensor's values were read by Java: each time a GPU's whole queue is waited for. */
public final class HostReads {
    private static final LongAdder COUNT = new LongAdder();

    private HostReads() {}

    /** One more. */
    public static void add() { COUNT.increment(); }

    /** Since the process began, on all threads. */
    public static long count() { return COUNT.sum(); }
}
