package dev.merapi.play.search;

import dev.merapi.play.game.GameState;
import java.util.List;

/** Chooses moves. */
public interface Player {
    /** A legal move in a position that is not over. */
    int move(GameState state);

    /** Moves in several games, which a player that asks a network thinks about at once. */
    default int[] moves(List<GameState> states) { return states.stream().mapToInt(this::move).toArray(); }
}
