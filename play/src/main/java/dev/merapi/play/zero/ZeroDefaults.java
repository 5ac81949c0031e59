package dev.merapi.play.zero;

/**
 * What works for each game on one core: the table of what {@link ZeroConfig} leaves to the game.
 *
 * @param noise α of Dirichlet's distribution, about 10 by the moves that a position has
 */
record ZeroDefaults(int size, int epochs, int games, int simulations, int quick, int play, int drawn, double noise,
        int steps, int blocks, int channels, int depth) {
    static ZeroDefaults of(String env) {
        return switch (env) {
            //                          size epochs games sim. quick play drawn noise steps blocks channels depth
            case "tic-tac-toe" -> new ZeroDefaults(0, 16, 80, 50, 10, 200, 6, 1.0, 40, 2, 32, 9);
            case "connect-four" -> new ZeroDefaults(0, 60, 128, 60, 12, 100, 10, 1.0, 60, 4, 32, 4);
            case "gomoku" -> new ZeroDefaults(7, 100, 128, 100, 20, 100, 8, 0.3, 60, 4, 32, 2);
            case "othello" -> new ZeroDefaults(0, 100, 128, 100, 20, 100, 12, 0.6, 80, 4, 32, 3);
            case "go" -> new ZeroDefaults(5, 100, 128, 100, 20, 100, 8, 0.5, 80, 4, 32, 2);
            default -> throw new AssertionError(env); // checked by the settings
        };
    }
}
