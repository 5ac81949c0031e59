package dev.merapi.explain.shap;

/** Sets of players. */
final class Coalitions {
    private Coalitions() {}

    /** All of n players; that of number b has those whose bits are set in b. */
    static boolean[][] all(int n) {
        var all = new boolean[1 << n][n];
        for (int set = 0; set < all.length; set++) {
            for (int i = 0; i < n; i++) all[set][i] = (set >> i & 1) == 1;
        }
        return all;
    }

    static boolean[] others(boolean[] coalition) {
        var others = new boolean[coalition.length];
        for (int i = 0; i < others.length; i++) others[i] = !coalition[i];
        return others;
    }
}
