/**
 * Games as immutable positions: tic-tac-toe, Connect Four, Gomoku, Othello, Go, and 2048, in which chance takes part.
 *
 * <pre>{@code
 * GameState position = ConnectFour.START;
 * position = position.play(position.parse("4"));
 * IO.println(position);                                   // the board
 * IO.println(new AlphaBeta(6, 1337).move(position));      // the column to play, from 0
 * }</pre>
 *
 * Cells are numbered row by row from the top left. Of two players the first is 0, drawn X, the second 1, drawn O.
 */
package dev.merapi.play.game;
