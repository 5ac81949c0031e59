package dev.merapi.play.game;

import dev.merapi.tensor.Expect;
import java.util.Arrays;
import java.util.List;

/**
 * A position of a game, with all that the rules need to go on from it. It never changes: {@link #play} gives the next.
 * Positions are equal where the same can follow from them. {@link #toString} draws the board.
 */
public interface GameState {
    /** Of {@link #player}: dice or cards decide, see {@link #outcomes}. */
    int CHANCE = -1;

    /** What all positions of the game have in common. */
    GameSpec spec();

    /** Who is to move: 0, 1 or {@link #CHANCE}. */
    int player();

    /** The moves that may be played, ascending, from 0 to below {@link GameSpec#moves}; none at the end. */
    int[] legal();

    /**
     * The position after a move.
     *
     * @throws IllegalArgumentException naming those there are, if the move is not legal
     */
    GameState play(int move);

    /** Whether the game has ended. */
    boolean isOver();

    /** What the first player has won: 1, 0 or -1 at the end of a game of two, else 0; points in a game of one. */
    double payoff();

    /**
     * How good the position looks to who is to move, without looking ahead: between -1 and 1 in a game of two. What
     * {@link dev.merapi.play.search.AlphaBeta} believes where it stops.
     */
    default double estimate() { return 0; }

    /**
     * Writes what a network sees of the position, from the side of who is to move: (planes, height, width), row by row.
     *
     * @param from where in {@code into} to begin
     */
    void planes(float[] into, int from);

    /** A move as players write it. */
    String name(int move);

    /** What may come where chance moves, with its probabilities; else none. */
    default List<Outcome> outcomes() { return List.of(); }

    /**
     * A position that chance may lead to.
     *
     * @param probability that it does
     */
    record Outcome(double probability, GameState state) {}

    /**
     * The legal move of this name.
     *
     * @throws IllegalArgumentException naming those there are, if there is none
     */
    default int parse(String typed) {
        for (int move : legal()) if (name(move).equalsIgnoreCase(typed.strip())) return move;
        throw Expect.error("move", "one of " + legalNames(), typed.isBlank() ? "nothing" : typed.strip());
    }

    /** The names of the legal moves, joined by spaces. */
    default String legalNames() { return String.join(" ", Arrays.stream(legal()).mapToObj(this::name).toList()); }

    /** For {@link #play}: the error for a move that is not legal. */
    default IllegalArgumentException illegal(int move) {
        boolean known = move >= 0 && move < spec().moves();
        return Expect.error(spec().name() + ".play", isOver() ? "no move, for the game is over"
                : "one of the moves " + legalNames(), known ? name(move) : move);
    }
}
