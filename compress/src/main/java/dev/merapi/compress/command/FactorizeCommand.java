package dev.merapi.compress.command;

import dev.merapi.compress.Tuning;
import dev.merapi.compress.Workpiece;
import dev.merapi.compress.lowrank.LowRank;
import dev.merapi.nn.NamePattern;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Progress;
import dev.merapi.train.Strategy;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code merapi factorize}: wide products of a trained model as two thin ones, where that costs little. */
public final class FactorizeCommand implements Command<FactorizeCommand.Config> {
    private enum Method { SVD }

    /** Settings. */
    public record Config(
            @Describe("the part of the affine maps' numbers that stays") double keep,
            @Describe("which of them, by name: * stands for anything") List<String> names,
            @Describe("parts of a map's numbers that are tried") List<Double> shares,
            @Describe("batches of the training data by whose loss they are chosen") int batches,
            @Describe("passes over the training data afterwards") int epochs,
            @Describe("highest learning rate then; 0 for a third of the run's") double learningRate,
            @Describe("for a model that is no run's: a file of texts by line") String inputs,
            @Describe("the new folder; empty for one beside the old") String out) {
        public Config {
            Expect.probability("keep", keep);
            Expect.atLeast("batches", 1, batches);
            Expect.atLeast("epochs", 0, epochs);
        }
    }

    @Override public String name() { return "factorize"; }

    @Override public String description() { return "Make a smaller model by products of low rank."; }

    @Override public String arguments() { return "<run>"; }

    @Override public Config defaults() {
        return new Config(0.5, List.of("*"), List.of(0.15, 0.3, 0.5, 0.75), 8, 0, 0, "", "");
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        var job = new Compressing(name(), arguments, settings.inputs, settings.out, "factorized");
        try (var before = job.open(); var after = job.open(job.training(settings.epochs, settings.learningRate))) {
            var scan = LowRank.scan(after.model(), NamePattern.of(settings.names.toArray(String[]::new)),
                    settings.shares, () -> loss(after, settings.batches));
            Map<String, Integer> ranks = LowRank.choose(scan, settings.keep);
            LowRank.factorize(after.model(), ranks);
            if (settings.epochs == 0) after.save(job.into());
            else after.train(job.into(), settings.epochs, new Tuning(Strategy.SINGLE, List.of(new Progress())));
            String said = ranks.entrySet().stream().map(e -> e.getKey() + " " + e.getValue())
                    .collect(Collectors.joining(", ", "Ranks: ", ""));
            job.answer(before, after, "Factorized", said, Method.SVD, out);
        }
    }

    private static double loss(Workpiece piece, int count) {
        var sums = new double[2]; // of losses, and of what they were divided by
        try (var _ = piece.model().evaluating(); var _ = Torch.noGrad()) {
            piece.batches(count, batch -> {
                try (var _ = Scope.open()) {
                    var pass = batch.get();
                    sums[0] += pass.loss().item() * pass.weight();
                    sums[1] += pass.weight();
                }
            });
        }
        return sums[0] / sums[1];
    }
}
