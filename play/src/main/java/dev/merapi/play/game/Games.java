package dev.merapi.play.game;

import dev.merapi.tensor.Expect;
import java.util.List;

/** The games of two players, by name. */
public final class Games {
    /** Those that {@link #start} knows. */
    public static final List<String> NAMES = List.of("tic-tac-toe", "connect-four", "gomoku", "othello", "go");

    private Games() {}

    /**
     * A game's first position.
     *
     * @param size the board's side, for gomoku and go; 0 for 9
     * @throws IllegalArgumentException naming those there are, if there is no such game
     */
    public static GameState start(String name, int size) {
        int side = size == 0 ? 9 : size;
        var start = switch (name) {
            case "tic-tac-toe" -> TicTacToe.START;
            case "connect-four" -> ConnectFour.START;
            case "othello" -> Othello.START;
            case "gomoku" -> Gomoku.start(side);
            case "go" -> Go.start(side);
            default -> throw Expect.error("env", "one of " + String.join(", ", NAMES), name);
        };
        Expect.that(size == 0 || start instanceof Gomoku || start instanceof Go, "size", "0 for " + name
                + ", whose board has one size", size);
        return start;
    }
}
