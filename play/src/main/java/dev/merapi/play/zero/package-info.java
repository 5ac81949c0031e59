/**
 * AlphaZero: a network learns a game of two players from games that it plays against itself, by the rules alone.
 *
 * <pre>{@code
 * try (var job = Recipes.named("alphazero").job("env=tic-tac-toe")) {
 *     job.fit(Path.of("runs/tic-tac-toe"));
 *     IO.println(job.evaluate().get("points"));                       // of a game against alpha-beta, 0 to 1
 * }
 * }</pre>
 *
 * In comments B is positions, P planes, H and W the sides of the board, C channels, M moves.
 */
package dev.merapi.play.zero;
