package dev.merapi.play.game;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GamesTest {
    private static long games(GameState state, int depth) {
        if (depth == 0) return 1;
        long count = 0;
        for (int move : state.legal()) count += games(state.play(move), depth - 1);
        return count;
    }

    private static long[] perft(GameState start, int depth) {
        var counts = new long[depth];
        for (int i = 0; i < depth; i++) counts[i] = games(start, i + 1);
        return counts;
    }

    private static long[] positions(GameState start, int depth) {
        var counts = new long[depth];
        Set<GameState> now = Set.of(start);
        for (int i = 0; i < depth; i++) {
            var next = new HashSet<GameState>();
            for (var state : now) for (int move : state.legal()) next.add(state.play(move));
            now = next;
            counts[i] = now.size();
        }
        return counts;
    }

    private static GameState after(GameState state, String moves) {
        for (String move : moves.split(" ")) state = state.play(state.parse(move));
        return state;
    }

    /** 255168 games: 131184, 77904 and 46080 by who wins (S. Schaefer 2002); 5478 positions. */
    @Test void ticTacToeHasAsManyGamesAsWereCounted() {
        var ended = new long[3];
        countEnds(TicTacToe.START, ended);
        assertArrayEquals(new long[] {77904, 46080, 131184}, ended);
        long positions = 1 + Arrays.stream(positions(TicTacToe.START, 9)).sum();
        assertEquals(5478, positions);
    }

    private static void countEnds(GameState state, long[] ended) {
        if (state.isOver()) ended[(int) state.payoff() + 1]++;
        for (int move : state.legal()) countEnds(state.play(move), ended);
    }

    /** Games: 7 to the power, less the full columns. Positions: OEIS A212693, by Tromp. */
    @Test void connectFourHasAsManyPositionsAsWereCounted() {
        assertArrayEquals(new long[] {7, 49, 343, 2401, 16807, 117649, 823536}, perft(ConnectFour.START, 7));
        assertArrayEquals(new long[] {7, 49, 238, 1120, 4263, 16422, 54859, 184275}, positions(ConnectFour.START, 8));
    }

    /** Published by many programs, such as in OEIS A124004. */
    @Test void othelloHasAsManyGamesAsWereCounted() {
        assertArrayEquals(new long[] {4, 12, 56, 244, 1396, 8200, 55092, 390216}, perft(Othello.START, 8));
    }

    /** src/test/python/perft.py */
    @Test void goHasAsManyGamesAsAnotherProgramCounts() {
        assertArrayEquals(GO_2, perft(Go.start(2, 0), 9));
        assertArrayEquals(GO_3, perft(Go.start(3), 5));
    }

    private static final long[] GO_2 = {5, 21, 68, 156, 316, 604, 1088, 2184, 4184};
    private static final long[] GO_3 = {10, 91, 738, 5281, 33384};

    /** Tromp and Farnebäck 2007, Combinatorics of Go: 57 legal boards of 2 × 2. */
    @Test void goReachesEveryLegalBoard() {
        var random = new SplittableRandom(1);
        var boards = new HashSet<String>();
        for (int i = 0; i < 5000; i++) {
            GameState state = Go.start(2, 0);
            while (!state.isOver()) {
                boards.add(state.toString());
                int[] legal = state.legal();
                state = state.play(legal[random.nextInt(legal.length)]);
            }
        }
        assertEquals(57, boards.size());
    }

    @Test void goTakesStonesAndForbidsSuicideAndRepetition() {
        // a ko: X takes b1... on rows 1 and 2 of 4 × 4
        GameState ko = after(Go.start(4), "b1 c1 a2 d2 b3 c3 c2 b2");
        assertEquals("""
                \s  a b c d
                 1 . X O .
                 2 X O . O
                 3 . X O .
                 4 . . . .""", ko.toString()); // O took c2
        var back = assertThrows(IllegalArgumentException.class, () -> ko.play(ko.spec().width() + 2));
        assertTrue(back.getMessage().startsWith("go.play: expected one of the moves a1 a3 d3 a4 "), back.getMessage());
        assertTrue(back.getMessage().endsWith(". Received c2."), back.getMessage());
        GameState later = after(ko, "a4 d4 c2"); // after moves elsewhere it may be taken back
        assertTrue(later.toString().contains(" 2 X . X O"), later.toString());
        GameState corner = after(Go.start(3), "b1 c3 a2");
        assertTrue(Arrays.stream(corner.legal()).noneMatch(move -> move == 0), "a1 has no liberty for O");
    }

    /** By hand: X has 3 stones and 3 cells to the left of them, O 2 stones; c3 is nobody's. 6 - 2 - 3.5 > 0. */
    @Test void goCountsAreaAndKomi() {
        GameState end = after(Go.start(3, 3.5), "b1 c1 b2 c2 b3 pass pass");
        assertTrue(end.isOver());
        assertEquals(6, ((Go) end).area(0));
        assertEquals(2, ((Go) end).area(1));
        assertEquals(1, end.payoff());
        assertEquals(-1, after(Go.start(3, 4.5), "b1 c1 b2 c2 b3 pass pass").payoff());
        assertEquals(-1, after(Go.start(3), "pass pass").payoff());
    }

    @Test void gomokuEndsWithFiveInAnyDirection() {
        assertEquals(1, after(Gomoku.start(9), "a1 a9 b2 b9 c3 c9 e5 d9 d4").payoff()); // filled from within
        assertEquals(-1, after(Gomoku.start(5), "a1 e1 b1 d2 c1 c3 d1 b4 a2 a5").payoff());
        assertArrayEquals(new long[] {225, 225 * 224}, perft(Gomoku.start(15), 2));
    }

    @Test void connectFourSeesLinesAndNoneAcrossColumns() {
        assertEquals(1, after(ConnectFour.START, "1 2 1 2 1 2 1").payoff());
        assertEquals(-1, after(ConnectFour.START, "7 1 7 2 6 3 6 4").payoff());
        GameState across = after(ConnectFour.START, "1 1 1 1 7 1 7 1 6 2"); // O: the top three of 1, the lowest of 2
        assertEquals(0, across.payoff());
        var full = assertThrows(IllegalArgumentException.class, () -> across.play(0));
        assertEquals("connect-four.play: expected one of the moves 2 3 4 5 6 7. Received 1.", full.getMessage());
    }

    @Test void othelloPassesAndCounts() {
        // the shortest game there is: 9 moves, all stones of X (Feinstein)
        GameState end = after(Othello.START, "e6 f4 e3 f6 g5 d6 e7 f5 c5");
        assertTrue(end.isOver(), end.toString());
        assertEquals(1, end.payoff());
        // O has no move, X has
        var passing = new Othello(1L << 2, 1L << 1 | 1L << 9, 0).play(0);
        assertArrayEquals(new int[] {Othello.PASS}, passing.legal(), passing.toString());
        assertEquals(0, passing.play(Othello.PASS).player());
    }

    /** By hand: 2 2 4 8 slides left to 4 4 8, not on to 8 8. */
    @Test void tilesJoinOnce() {
        var row = new Game2048(0x3211L, 0, 0);
        var left = row.play(3);
        assertEquals(0x322L, left.board());
        assertEquals(4, left.points());
        assertEquals(GameState.CHANCE, left.player());
        assertEquals(26, left.outcomes().size()); // 13 empty cells, two tiles
        assertEquals(1, left.outcomes().stream().mapToDouble(GameState.Outcome::probability).sum(), 1e-12);
        assertEquals(0x3220L, row.play(1).board());
        assertEquals("move: expected one of right down left. Received sideways.",
                assertThrows(IllegalArgumentException.class, () -> row.parse("sideways")).getMessage());
        var stuck = new Game2048(0x1212_2121_1212_2121L, 0, 0);
        assertTrue(stuck.isOver());
        assertEquals("2048.play: expected no move, for the game is over. Received up.",
                assertThrows(IllegalArgumentException.class, () -> stuck.play(0)).getMessage());
    }

    static List<GameState> starts() {
        return List.of(TicTacToe.START, ConnectFour.START, Gomoku.start(6), Othello.START, Go.start(5));
    }

    /** What a network sees of a game played turned is what it sees of the game, turned; and so are the moves. */
    @ParameterizedTest @MethodSource("starts") void symmetriesKeepTheRules(GameState start) {
        var random = new SplittableRandom(3);
        var spec = start.spec();
        for (var symmetry : spec.symmetries()) {
            if (start instanceof Othello && !keepsTheFirstStones(symmetry)) continue; // another first position
            var state = start;
            var turned = start;
            while (!state.isOver()) {
                var planes = new float[spec.inputs()];
                var expected = new float[spec.inputs()];
                var seen = new float[spec.inputs()];
                state.planes(planes, 0);
                symmetry.planes(planes, expected, 0);
                turned.planes(seen, 0);
                assertArrayEquals(expected, seen);
                int[] legal = state.legal();
                assertArrayEquals(Arrays.stream(legal).map(m -> symmetry.moves()[m]).sorted().toArray(),
                        turned.legal());
                int move = legal[random.nextInt(legal.length)];
                state = state.play(move);
                turned = turned.play(symmetry.moves()[move]);
            }
            assertTrue(turned.isOver());
            assertEquals(state.payoff(), turned.payoff());
        }
        assertEquals(spec.symmetries().size(),
                spec.symmetries().stream().map(s -> Arrays.toString(s.cells())).distinct().count());
    }

    private static boolean keepsTheFirstStones(Symmetry symmetry) {
        return symmetry.cells()[28] == 28 || symmetry.cells()[28] == 35;
    }

    @ParameterizedTest @MethodSource("starts") void namesAreReadBack(GameState start) {
        for (int move : start.legal()) assertEquals(move, start.parse(" " + start.name(move).toUpperCase() + "\n"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> start.parse(" ")).getMessage()
                .endsWith(". Received nothing."));
        assertThrows(IllegalArgumentException.class, () -> start.play(-1));
        assertThrows(IllegalArgumentException.class, () -> start.play(start.spec().moves()));
    }

    @ParameterizedTest @ValueSource(strings = {"tic-tac-toe", "connect-four", "othello", "gomoku", "go"})
    void gamesAreFoundByName(String name) {
        assertEquals(name, Games.start(name, 0).spec().name());
        assertTrue(Games.NAMES.contains(name));
    }

    @Test void unknownGamesAndSizesAreRefused() {
        assertEquals("env: expected one of tic-tac-toe, connect-four, gomoku, othello, go. Received chess.",
                assertThrows(IllegalArgumentException.class, () -> Games.start("chess", 0)).getMessage());
        assertEquals("size: expected 0 for othello, whose board has one size. Received 6.",
                assertThrows(IllegalArgumentException.class, () -> Games.start("othello", 6)).getMessage());
        assertEquals("Gomoku.size: expected from 5 to 19. Received 4.",
                assertThrows(IllegalArgumentException.class, () -> Games.start("gomoku", 4)).getMessage());
        assertEquals("Go.size: expected from 2 to 19. Received 20.",
                assertThrows(IllegalArgumentException.class, () -> Games.start("go", 20)).getMessage());
    }
}
