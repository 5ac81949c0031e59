package dev.merapi.tabular.recommend;

import java.util.random.RandomGenerator;

/** Draws items that a user did not have, each as probable as the others. */
record Negatives(Interactions train) {
    private static final int TRIES = 100; // of a user who has had nearly all

    int draw(int user, RandomGenerator random) {
        int items = train.items().size();
        int drawn = random.nextInt(items);
        for (int i = 1; i < TRIES && train.has(user, drawn); i++) drawn = random.nextInt(items);
        return drawn;
    }
}
