package dev.merapi.compress.command;

import dev.merapi.compress.Tuning;
import dev.merapi.compress.Workpiece;
import dev.merapi.compress.prune.ChannelPruning;
import dev.merapi.compress.prune.DependencyGraph;
import dev.merapi.compress.prune.GradualPruning;
import dev.merapi.compress.prune.Importance;
import dev.merapi.compress.prune.LayerDropping;
import dev.merapi.compress.prune.Masks;
import dev.merapi.compress.prune.MovementPruning;
import dev.merapi.compress.prune.SensitivityScan;
import dev.merapi.nn.NamePattern;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Progress;
import dev.merapi.train.Strategy;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** {@code merapi prune}: a smaller model of a trained one, by leaving parts of it out. */
public final class PruneCommand implements Command<PruneCommand.Config> {
    private static final List<Double> SCANNED = List.of(0.3, 0.5, 0.7, 0.9);
    private static final double USUAL_STEPS = 100; // between two choices of a gradual pruning, over a fit

    /** What is left out, and by what it is chosen. */
    public enum Method {
        /** {@link ChannelPruning}. */
        CHANNELS,
        /** {@link Masks#byLayer}. */
        MAGNITUDE,
        /** {@link Masks#global}. */
        GLOBAL,
        /** {@link Masks#nOfM}. */
        N_OF_M,
        /** {@link GradualPruning}, while the model is trained on. */
        GRADUAL,
        /** {@link MovementPruning}, while the model is trained on. */
        MOVEMENT,
        /** {@link LayerDropping}. */
        LAYERS,
        /** {@link SensitivityScan}: nothing is left out, but said what could be. */
        SCAN
    }

    /** Settings. */
    public record Config(
            @Describe("channels, magnitude, global, n_of_m, gradual, movement, layers or scan") Method method,
            @Describe("the part that goes: of weights, or of the channels of each layer") double amount,
            @Describe("the part of the multiply-adds to leave instead, of channels; 0 for by amount")
            double multiplyAdds,
            @Describe("of channels: magnitude, group_l1 or taylor") Importance importance,
            @Describe("what stays of a layer's channels is a multiple of it") int round,
            @Describe("n and m of n_of_m: so many of so many stay") List<Integer> keep,
            @Describe("how many layers go") int layers,
            @Describe("which weights or layers, by name: * stands for anything") List<String> names,
            @Describe("passes over the training data afterwards, or while pruning gradually") int epochs,
            @Describe("highest learning rate then; 0 for a third of the run's") double learningRate,
            @Describe("for a model that is no run's: a file of texts by line, or of paths of pictures or"
                    + " recordings") String inputs,
            @Describe("the new folder; empty for one beside the old") String out) {
        public Config {
            Expect.atLeast("epochs", 0, epochs);
            Expect.atLeast("round", 1, round);
            Expect.atLeast("layers", 1, layers);
            Expect.that(keep.size() == 2, "keep", "two numbers, such as [2, 4]", keep);
            Expect.that(multiplyAdds >= 0 && multiplyAdds < 1, "multiply_adds", "a part from 0 to below 1",
                    multiplyAdds);
            Expect.that(amount >= 0 && amount < 1, "amount", "a part from 0 to below 1, for at 1 nothing is left",
                    amount);
        }
    }

    @Override public String name() { return "prune"; }

    @Override public String description() { return "Make a smaller model by leaving parts of one out."; }

    @Override public String arguments() { return "<run>"; }

    @Override public Config defaults() {
        return new Config(Method.CHANNELS, 0.5, 0, Importance.MAGNITUDE, 4, List.of(2, 4), 1, List.of("*"), 3, 0, "",
                "");
    }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        var job = new Compressing(name(), arguments, settings.inputs, settings.out, "pruned");
        try (var before = job.open(); var after = job.open(job.training(settings.epochs, settings.learningRate))) {
            if (settings.method == Method.SCAN) {
                out.answer(job.from().toString(), scan(after, settings));
                return;
            }
            var said = prune(after, settings, job.into());
            job.answer(before, after, "Pruned", said, settings.method, out);
        }
    }

    private static Predicate<String> names(Config settings) {
        return NamePattern.of(settings.names.toArray(String[]::new));
    }

    private static Answer scan(Workpiece piece, Config settings) {
        String metric = piece.quality().containsKey("accuracy") ? "accuracy" : "loss";
        var scan = SensitivityScan.of(piece.model(), names(settings), SCANNED, () -> piece.quality().get(metric));
        return new Answer(metric + " where one table of weights alone loses a part:\n" + scan, scan.quality());
    }

    /** @return what was done, for people */
    private static String prune(Workpiece piece, Config settings, Path into) {
        var model = piece.model();
        var names = names(settings);
        switch (settings.method) {
            case CHANNELS -> {
                channels(piece, settings);
                finish(piece, settings, into, Strategy.SINGLE);
                return "";
            }
            case LAYERS -> {
                var gone = LayerDropping.least(LayerDropping.influence(model, piece.answer()), settings.layers);
                LayerDropping.drop(model, gone);
                finish(piece, settings, into, Strategy.SINGLE);
                return "Left out: " + String.join(", ", gone);
            }
            case GRADUAL -> {
                long steps = steps(piece, settings);
                try (var pruning = new GradualPruning(model, names, settings.amount, steps,
                        (int) Math.max(1, steps / USUAL_STEPS))) {
                    finish(piece, settings, into, pruning);
                }
                return "";
            }
            case MOVEMENT -> {
                try (var pruning = new MovementPruning(model, names, settings.amount, steps(piece, settings))) {
                    finish(piece, settings, into, pruning);
                }
                return "";
            }
            default -> {
                try (var masks = masks(piece, settings, names)) {
                    masks.apply();
                    finish(piece, settings, into, masks.strategy());
                    return "%.1f %% of the weights of %d tables are 0".formatted(100 * masks.sparsity(),
                            masks.names().size());
                }
            }
        }
    }

    private static Masks masks(Workpiece piece, Config settings, Predicate<String> names) {
        return switch (settings.method) {
            case GLOBAL -> Masks.global(piece.model(), names, settings.amount);
            case N_OF_M -> Masks.nOfM(piece.model(), names, settings.keep.getFirst(), settings.keep.getLast());
            default -> Masks.byLayer(piece.model(), names, settings.amount);
        };
    }

    /** Three quarters of all steps: the last quarter is for what stays. */
    private static long steps(Workpiece piece, Config settings) {
        Expect.atLeast("epochs", 1, settings.epochs);
        var count = new long[1];
        piece.batches(Integer.MAX_VALUE, _ -> count[0]++);
        return Math.max(1, 3 * count[0] * settings.epochs / 4);
    }

    private static void channels(Workpiece piece, Config settings) {
        try (var _ = Scope.open()) {
            var example = piece.example().orElseThrow(() -> Expect.error("prune", "a model from one tensor to another,"
                    + " whose channels can be followed", piece.folder() + ", which takes several; prune weights by"
                    + " method=magnitude"));
            if (settings.importance == Importance.TAYLOR) gradients(piece);
            var graph = DependencyGraph.of(piece.model(), piece::forward, example);
            var pruning = ChannelPruning.of(piece.model(), graph, settings.importance).round(settings.round);
            if (!settings.names.equals(List.of("*"))) pruning = pruning.only(names(settings));
            if (settings.multiplyAdds > 0) pruning.toward(piece.summary(), settings.multiplyAdds);
            else pruning.prune(settings.amount);
        }
        piece.model().params().values().forEach(Param::clearGrad);
    }

    private static void gradients(Workpiece piece) {
        try (var _ = Torch.enableGrad()) {
            piece.batches(8, pass -> {
                try (var _ = Scope.open()) {
                    pass.get().loss().backward();
                }
            });
        }
    }

    private static void finish(Workpiece piece, Config settings, Path into, Strategy strategy) {
        if (settings.epochs == 0) piece.save(into);
        else piece.train(into, settings.epochs, new Tuning(strategy, List.of(new Progress())));
    }
}
