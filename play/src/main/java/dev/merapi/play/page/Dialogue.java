package dev.merapi.play.page;

import dev.merapi.io.LineReader;
import dev.merapi.play.game.GameState;
import dev.merapi.play.search.Player;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;

/** A game on a terminal, or between pipes: the board as text, a line for each move. */
final class Dialogue {
    /** How a game went for the person; UNFINISHED where the input ended first. */
    enum End { WON, DRAWN, LOST, UNFINISHED }

    private final LineReader in;
    private final PrintWriter out;

    Dialogue(LineReader in, PrintWriter out) {
        this.in = in;
        this.out = out;
    }

    /** @param side the person's player: 0 begins */
    End play(GameState start, Player opponent, int side) {
        GameState state = start;
        out.println("You are " + (side == 0 ? "X and begin." : "O.") + " An empty line ends the game.\n\n" + state);
        while (!state.isOver()) {
            int move;
            if (state.player() == side) {
                String typed = ask(state);
                if (typed.isBlank()) return End.UNFINISHED;
                try {
                    move = state.parse(typed);
                } catch (IllegalArgumentException e) { // a slip: ask again
                    out.println(e.getMessage());
                    continue;
                }
            } else {
                move = opponent.move(state);
                out.println("I play " + state.name(move) + ".");
            }
            state = state.play(move);
            out.println("\n" + state);
            out.flush();
        }
        double won = side == 0 ? state.payoff() : -state.payoff();
        return won > 0 ? End.WON : won < 0 ? End.LOST : End.DRAWN;
    }

    private String ask(GameState state) {
        out.print("\nYour move (" + state.legalNames() + "): ");
        out.flush();
        try {
            String line = in.readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the standard input", e);
        }
    }
}
