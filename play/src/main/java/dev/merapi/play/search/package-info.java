/**
 * Players of games: alpha-beta, expectimax, UCT, and the search that AlphaZero guides by a network; and matches between
 * them.
 *
 * <pre>{@code
 * var match = new Match(ConnectFour.START, 20, 2, 1337);
 * var score = match.play(new AlphaBeta(4, 1), new Uct(500, 2));
 * IO.println(score);                                              // such as 17 won, 0 drawn, 3 lost
 * }</pre>
 */
package dev.merapi.play.search;
