package dev.merapi.play.search;

import dev.merapi.play.game.GameState;
import java.util.List;

/** What guides a {@link TreeSearch}: a network, or anything else that judges positions. */
public interface Evaluator {
    /**
     * What is thought of a position.
     *
     * @param logits of all moves; those that are not legal are left out
     * @param value what who is to move will have, from -1 to 1
     */
    record Estimate(float[] logits, double value) {}

    /** Judges positions that are not over. */
    List<Estimate> evaluate(List<GameState> states);
}
