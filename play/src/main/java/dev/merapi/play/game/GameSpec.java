package dev.merapi.play.game;

import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * What all positions of a game have in common.
 *
 * @param name as in settings: {@code connect-four}
 * @param planes of what a network sees: layers of the board, such as the stones of one player
 * @param height of the board
 * @param width of the board
 * @param moves that there are, legal or not
 * @param symmetries that change nothing about who wins, the first of them none
 */
public record GameSpec(String name, int planes, int height, int width, int moves, List<Symmetry> symmetries) {
    public GameSpec {
        Expect.atLeast("GameSpec.planes", 1, planes);
        Expect.atLeast("GameSpec.height", 1, height);
        Expect.atLeast("GameSpec.width", 1, width);
        Expect.atLeast("GameSpec.moves", 1, moves);
        Expect.that(!symmetries.isEmpty(), "GameSpec.symmetries", "at least that which changes nothing", "none");
        symmetries = List.copyOf(symmetries);
    }

    /** Cells of the board. */
    public int cells() { return height * width; }

    /** Numbers that a network sees of a position. */
    public int inputs() { return planes * cells(); }
}
