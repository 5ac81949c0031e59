package dev.merapi.play.zero;

import dev.merapi.data.BatchSource;
import dev.merapi.data.Batches;
import dev.merapi.play.game.GameState;
import dev.merapi.play.search.Match;
import dev.merapi.play.search.SearchOptions;
import dev.merapi.play.search.TreeSearch;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * A round of AlphaZero is a pass: the champion plays against itself, batches are drawn from its latest games, and
 * behind the last of them the learner plays for its place. All follows from the seed, the round and the weights, so
 * that a run that goes on does what it would have done.
 */
final class SelfPlaySource implements BatchSource<ZeroBatch> {
    private final ZeroConfig config;
    private final ZeroModel model;
    private final GameFiles files;
    private final GameState start;
    private int round;
    private long taken; // of the round
    private Pass pass; // under way, or null

    SelfPlaySource(ZeroConfig config, ZeroModel model, GameFiles files) {
        this.config = config;
        this.model = model;
        this.files = files;
        start = config.start();
    }

    private SplittableRandom random(int purpose, long place) {
        var mixed = new SplittableRandom(config.seed() + 0x9e3779b97f4a7c15L * purpose);
        return new SplittableRandom(mixed.nextLong() ^ new SplittableRandom(place).nextLong());
    }

    @Override public Batches<ZeroBatch> iterator() {
        close();
        if (taken == 0) {
            var selfPlay = new SelfPlay(config, new NetEvaluator(model.champion, config.type()));
            files.save(round, selfPlay.play(config.games(), random(1, round).nextLong()));
        }
        pass = new Pass(samples());
        return pass;
    }

    /** Those of the latest rounds: few at the beginning, when games soon are of a much weaker player. */
    private List<PlayedGame.Sample> samples() {
        var samples = new ArrayList<PlayedGame.Sample>();
        int rounds = Math.min(config.window(), 2 + round / 2);
        for (int r = Math.max(0, round - rounds + 1); r <= round; r++) {
            for (var game : files.of(r)) samples.addAll(game.samples(start, config.trust()));
        }
        return samples;
    }

    private final class Pass implements Batches<ZeroBatch> {
        private final List<PlayedGame.Sample> samples;
        private ZeroBatch.Positions batch; // the latest, or null
        private boolean judged; // who is to be champion

        Pass(List<PlayedGame.Sample> samples) { this.samples = samples; }

        @Override public boolean hasNext() {
            if (taken < config.steps()) return true;
            if (!judged) {
                judged = true;
                if (isBetter()) model.promote();
            }
            return false;
        }

        @Override public ZeroBatch next() {
            if (!hasNext()) throw new NoSuchElementException();
            close();
            batch = batch(random(2, (long) round << 32 | taken));
            taken++;
            return batch;
        }

        private ZeroBatch.Positions batch(SplittableRandom random) {
            var spec = start.spec();
            int size = config.batchSize(), inputs = spec.inputs(), moves = spec.moves();
            float[] x = new float[size * inputs], policy = new float[size * moves], value = new float[size];
            for (int i = 0; i < size; i++) {
                var sample = samples.get(random.nextInt(samples.size()));
                var symmetry = spec.symmetries().get(random.nextInt(spec.symmetries().size()));
                symmetry.planes(sample.planes(), x, i * inputs);
                symmetry.policy(sample.policy(), policy, i * moves);
                value[i] = sample.value();
            }
            return new ZeroBatch.Positions(
                    Tensor.of(x, size, spec.planes(), spec.height(), spec.width()).owned(),
                    Tensor.of(policy, size, moves).owned(), Tensor.of(value, size).owned());
        }

        @Override public void close() {
            if (batch != null) batch.close();
            batch = null;
        }
    }

    private boolean isBetter() {
        if (config.arenaGames() == 0) return true;
        var match = new Match(start, config.arenaGames(), 2, random(3, round).nextLong());
        return match.play(player(model.learner), player(model.champion)).mean() >= config.arenaPoints();
    }

    private TreeSearch player(PolicyValueNet net) {
        return new TreeSearch(new NetEvaluator(net, config.type()), SearchOptions.DEFAULT, config.simulations(), 1);
    }

    @Override public OptionalLong length() { return OptionalLong.of(config.steps()); }

    @Override public Position position() {
        return taken >= config.steps() ? new Position(round + 1, 0) : new Position(round, taken);
    }

    @Override public void resume(Position position) {
        close();
        round = position.epoch();
        taken = position.batches();
    }

    @Override public void close() {
        if (pass != null) pass.close();
        pass = null;
    }
}
