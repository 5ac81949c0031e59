package dev.merapi.serve;

/** Requests a minute, of which a sixth may come at once: a bucket that fills again (Turner 1986). */
final class RateLimit {
    private final int rate; // a minute; 0 for any number
    private double left;
    private long last = System.nanoTime();

    RateLimit(int rate) {
        this.rate = rate;
        left = most();
    }

    private double most() { return Math.max(1, rate / 6.0); }

    /** @throws Refusal if there were too many */
    void take() {
        if (rate > 0 && !taken(System.nanoTime())) throw Refusal.tooOften(rate);
    }

    synchronized boolean taken(long now) {
        left = Math.min(most(), left + (now - last) / 60e9 * rate);
        last = now;
        if (left < 1) return false;
        left--;
        return true;
    }
}
