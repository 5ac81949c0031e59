/**
 * People against a trained player: on a terminal and on a page.
 *
 * <pre>{@code
 * try (var page = GamePage.open(ConnectFour.START, new AlphaBeta(6, 1337), 8080)) {
 *     IO.println("http://127.0.0.1:" + page.port());
 *     page.await();
 * }
 * }</pre>
 */
package dev.merapi.play.page;
