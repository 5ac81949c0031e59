package dev.merapi.play.zero;

import dev.merapi.play.game.GameState;
import dev.merapi.play.search.SearchTree;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the champion would play after given moves, as {@code 4 4 3}, and what it expects. */
public final class ZeroPredictor implements Predictor<String, ZeroPredictor.Advice> {
    private final ZeroJob job;

    ZeroPredictor(ZeroJob job) { this.job = job; }

    /**
     * What to play.
     *
     * @param move the best
     * @param value what who is to move will have, from -1 to 1
     * @param shares of the simulations that went to each move
     */
    public record Advice(String move, double value, Map<String, Double> shares) {
        @Override public String toString() { return "%s, value %.2f".formatted(move, value); }
    }

    @Override public Class<String> input() { return String.class; }

    @Override public Class<Advice> output() { return Advice.class; }

    @Override public List<Advice> predict(List<String> inputs) {
        return inputs.stream().map(this::after).map(state -> advice(job.player(0).search(state))).toList();
    }

    private GameState after(String moves) {
        GameState state = job.start();
        if (!moves.isBlank()) for (String move : moves.strip().split("\\s+")) state = state.play(state.parse(move));
        if (state.isOver()) throw Expect.error("moves", "a game that is not over", moves);
        return state;
    }

    private static Advice advice(SearchTree tree) {
        int[] visits = tree.visits();
        double sum = Arrays.stream(visits).sum();
        var shares = new LinkedHashMap<String, Double>();
        for (int move : tree.state().legal()) shares.put(tree.state().name(move), visits[move] / sum);
        return new Advice(tree.state().name(tree.best()), tree.value(), shares);
    }

    @Override public String parse(String typed) {
        after(typed);
        return typed;
    }
}
