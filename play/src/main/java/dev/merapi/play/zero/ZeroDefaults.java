package dev.merapi.play.zero;

/**
 * What works for each game on one core: the table of what {@link ZeroConfig} leaves to the game.
 *
 * @param noise α of Dirichlet's distribution, about 10 by the moves that a position has
 */
record ZeroDefaults(int size, int epochs, int games, int simulations, int quick, int play, int drawn, int opening,
        double noise, int steps, int blocks, int channels, int depth) {
    static ZeroDefaults of(String env) {
        return switch (env) {
            // size, epochs, games, simulations, quick, play; drawn, opening, noise; steps, blocks, channels, depth
            case "tic-tac-toe" -> new ZeroDefaults(0, 16, 80, 50, 10, 200, 6, 0, 1.0, 40, 2, 32, 9);
            case "connect-four" -> new ZeroDefaults(0, 200, 160, 100, 20, 100, 10, 4, 1.0, 80, 4, 48, 4);
            case "gomoku" -> new ZeroDefaults(7, 100, 128, 100, 20, 100, 8, 0, 0.3, 60, 4, 32, 2);
            case "othello" -> new ZeroDefaults(0, 100, 128, 100, 20, 100, 12, 0, 0.6, 80, 4, 32, 3);
            case "go" -> new ZeroDefaults(5, 100, 128, 100, 20, 100, 8, 0, 0.5, 80, 4, 32, 2);
            default -> throw new AssertionError(env); // checked by the settings
        };
    }
}
