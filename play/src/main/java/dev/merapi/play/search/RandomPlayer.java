package dev.merapi.play.search;

import dev.merapi.play.game.GameState;
import java.util.SplittableRandom;

/** Plays any legal move. */
public final class RandomPlayer implements Player {
    private final SplittableRandom random;

    public RandomPlayer(long seed) { random = new SplittableRandom(seed); }

    @Override public int move(GameState state) {
        int[] legal = state.legal();
        return legal[random.nextInt(legal.length)];
    }
}
