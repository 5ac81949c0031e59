package dev.merapi.tabular.data;

/** Hashes of texts that are the same in every process and version: they are part of a saved model. */
final class Hash {
    private Hash() {}

    static long of(String text) {
        long hash = 0;
        for (int i = 0; i < text.length(); i++) hash = 31 * hash + text.charAt(i);
        return mix(hash + 1); // a text is never 0, which stands for none
    }

    /** A hash of all before and another, in this order. */
    static long with(long before, long next) { return mix(31 * before + next); }

    /** A number below {@code buckets}. */
    static int bucket(long hash, int buckets) { return (int) Math.floorMod(hash, (long) buckets); }

    /** The finalizer of MurmurHash3 (Appleby): each bit of the input changes half of the output's. */
    private static long mix(long z) {
        z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
        z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return z ^ (z >>> 33);
    }
}
