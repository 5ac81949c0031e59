package dev.merapi.play.zero;

import dev.merapi.metric.Metric;
import dev.merapi.play.game.GameState;
import dev.merapi.play.search.AlphaBeta;
import dev.merapi.play.search.CachedEvaluator;
import dev.merapi.play.search.Match;
import dev.merapi.play.search.SearchOptions;
import dev.merapi.play.search.TreeSearch;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.List;

/**
 * Learns what the search would play and how games end: cross-entropy of the policy plus the squared error of the value.
 * What is measured is how the champion does against alpha-beta.
 */
record ZeroTask(ZeroConfig config, ZeroModel model) implements Task<ZeroBatch> {
    private static final int LEAVES = 8; // of one game that the network is asked about at once
    private static final int REMEMBERED = 20_000; // positions

    /** How a round ended. */
    record Result(Match.Score score, int promotions) {}

    @Override public Pass forward(ZeroBatch batch) {
        return switch (batch) {
            case ZeroBatch.Positions positions -> {
                var answer = model.learner.forward(positions.x());
                Tensor policy = positions.policy().mul(answer.policy().logSoftmax(1)).sum().neg(); // Σ π log p
                Tensor value = answer.value().sub(positions.value()).square().sum();
                long count = positions.value().size(0);
                yield Pass.of(policy.add(value).div(count), count);
            }
            case ZeroBatch.Contest _ -> evaluate(batch);
        };
    }

    @Override public Pass evaluate(ZeroBatch batch) {
        return batch instanceof ZeroBatch.Contest ? Pass.measured(contest(), "") : forward(batch);
    }

    private Result contest() {
        GameState start = config.start();
        var score = new Match(start, config.episodes(), 2, config.seed()).play(player(config.playSimulations()),
                new AlphaBeta(config.depth(), config.seed()));
        return new Result(score, model.promotionCount());
    }

    /** The champion as it is now, as it plays against others. */
    TreeSearch player(int simulations) {
        var evaluator = new CachedEvaluator(new NetEvaluator(model.champion, config.type()), REMEMBERED);
        return new TreeSearch(evaluator, SearchOptions.DEFAULT, simulations, LEAVES);
    }

    @Override public List<Metric<?, ?>> metrics() { return List.of(ZeroMetric.points(), ZeroMetric.promotions()); }

    @Override public ZeroBatch to(Device device, ZeroBatch batch) {
        if (!(batch instanceof ZeroBatch.Positions(Tensor x, Tensor policy, Tensor value))) return batch;
        return new ZeroBatch.Positions(x.to(device), policy.to(device), value.to(device));
    }
}
