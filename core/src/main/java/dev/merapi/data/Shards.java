package dev.merapi.data;

import dev.merapi.tensor.Expect;

/** Which of several processes takes what. */
final class Shards {
    private Shards() {}

    static void check(String method, int rank, int world) {
        if (rank < 0 || rank >= world) {
            throw Expect.error(method, "a rank from 0 to below world", "rank " + rank + " of " + world);
        }
    }
}
