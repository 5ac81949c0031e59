package dev.merapi.play.zero;

import dev.merapi.play.game.GameState;
import dev.merapi.play.game.Games;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;

/** Settings of {@code alphazero}. Those that are 0 are the game's, see {@link ZeroDefaults}. */
public record ZeroConfig(
        @Describe("the game: tic-tac-toe, connect-four, gomoku, othello or go") String env,
        @Describe("side of the board, of gomoku and go; 0: the game's") int size,
        @Describe("rounds of self-play, learning and measuring; 0: the game's") int epochs,
        @Describe("games of self-play in a round; 0: the game's") int games,
        @Describe("games that are played at once") int parallel,
        @Describe("simulations for a move that is learnt from; 0: the game's") int simulations,
        @Describe("simulations for the other moves, which only bring games to their end; 0: the game's") int quick,
        @Describe("share of moves that are learnt from") double learnt,
        @Describe("share of what the search expected in the value that is learnt; the rest is how the game ended")
        double trust,
        @Describe("first moves of a game that are drawn by how often they were tried; 0: the game's") int drawn,
        @Describe("games begin with up to so many moves at random, as it would not choose them; 0: the game's")
        int opening,
        @Describe("how much untried moves count in the search") double exploration,
        @Describe("α of the noise at the root; 0: the game's") double noise,
        @Describe("share of the noise") double noiseShare,
        @Describe("rounds whose games are learnt from") int window,
        @Describe("steps of learning in a round; 0: the game's") int steps,
        @Describe("positions in a step") int batchSize,
        @Describe("of AdamW, at the start") double learningRate,
        @Describe("as a part of the learning rate") double weightDecay,
        @Describe("residual blocks of the network; 0: the game's") int blocks,
        @Describe("channels of the network; 0: the game's") int channels,
        @Describe("games that decide whether the learner becomes the champion; 0: it always does") int arenaGames,
        @Describe("share of points that it needs for it") double arenaPoints,
        @Describe("games against alpha-beta after a round") int episodes,
        @Describe("moves that alpha-beta looks ahead; 0: the game's") int depth,
        @Describe("simulations for a move against others; 0: the game's") int playSimulations,
        @Describe("play in bfloat16: faster where the processor multiplies it") boolean bfloat16,
        @Describe("of the first weights, the games and the order") long seed) {
    static final ZeroConfig DEFAULT = new ZeroConfig("tic-tac-toe", 0, 0, 0, 128, 0, 0, 0.4, 0.5, 0, 0, 1.5, 0, 0.25,
            12, 0, 256, 2e-3, 1e-4, 0, 0, 20, 0.5, 20, 0, 0, false, 1337);

    public ZeroConfig {
        Expect.that(Games.NAMES.contains(env), "env", "one of " + String.join(", ", Games.NAMES), env);
        Expect.atLeast("size", 0, size);
        Expect.atLeast("epochs", 0, epochs);
        Expect.atLeast("games", 0, games);
        Expect.atLeast("parallel", 1, parallel);
        Expect.atLeast("simulations", 0, simulations);
        Expect.atLeast("quick", 0, quick);
        Expect.that(learnt > 0 && learnt <= 1, "learnt", "a share above 0, at most 1", learnt);
        Expect.probability("trust", trust);
        Expect.atLeast("drawn", 0, drawn);
        Expect.atLeast("opening", 0, opening);
        Expect.positive("exploration", exploration);
        Expect.atLeast("noise", 0, noise);
        Expect.probability("noise_share", noiseShare);
        Expect.atLeast("window", 1, window);
        Expect.atLeast("steps", 0, steps);
        Expect.atLeast("batch_size", 1, batchSize);
        Expect.positive("learning_rate", learningRate);
        Expect.atLeast("weight_decay", 0, weightDecay);
        Expect.atLeast("blocks", 0, blocks);
        Expect.atLeast("channels", 0, channels);
        Expect.that(arenaGames >= 0 && arenaGames % 2 == 0, "arena_games", "an even number from 0 on", arenaGames);
        Expect.probability("arena_points", arenaPoints);
        Expect.that(episodes >= 2 && episodes % 2 == 0, "episodes", "an even number from 2 on", episodes);
        Expect.atLeast("depth", 0, depth);
        Expect.atLeast("play_simulations", 0, playSimulations);
    }

    /** The first position. */
    GameState start() { return Games.start(env, size); }

    /** The same with the game's settings in the place of zeros. */
    ZeroConfig filled() {
        var own = ZeroDefaults.of(env);
        return new ZeroConfig(env, or(size, own.size()), or(epochs, own.epochs()), or(games, own.games()), parallel,
                or(simulations, own.simulations()), or(quick, own.quick()), learnt, trust, or(drawn, own.drawn()),
                or(opening, own.opening()), exploration, noise == 0 ? own.noise() : noise, noiseShare, window,
                or(steps, own.steps()), batchSize, learningRate, weightDecay, or(blocks, own.blocks()),
                or(channels, own.channels()), arenaGames, arenaPoints, episodes, or(depth, own.depth()),
                or(playSimulations, own.play()), bfloat16, seed);
    }

    /** What the networks play in. */
    DType type() { return bfloat16 ? DType.BFLOAT16 : DType.FLOAT32; }

    private static int or(int given, int own) { return given == 0 ? own : given; }
}
