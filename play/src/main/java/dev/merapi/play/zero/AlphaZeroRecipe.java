package dev.merapi.play.zero;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** {@code merapi train alphazero env=connect-four}. */
public final class AlphaZeroRecipe implements Recipe<ZeroConfig> {
    @Override public String name() { return "alphazero"; }

    @Override public String description() {
        return "A game learnt from its rules alone: env=tic-tac-toe, connect-four, gomoku, othello or go";
    }

    @Override public ZeroConfig defaults() { return ZeroConfig.DEFAULT; }

    @Override public Job<?> job(ZeroConfig config) { return new ZeroJob(config, null); }

    @Override public Job<?> job(ZeroConfig config, Path run) { return new ZeroJob(config, run); }
}
