package dev.merapi.data;

/** Which of several processes takes what. */
final class Shards {
    private Shards() {}

    static void check(String method, int rank, int world) {
        if (0 <= rank && rank < world) return;
        throw new IllegalArgumentException(method + ": expected a rank from 0 to below world. Received rank " + rank
                + " of " + world);
    }
}
