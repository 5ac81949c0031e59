package dev.merapi.compress;

import dev.merapi.data.Batch;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.GlassBox;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.CausalLanguageModelling;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.train.Pass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A model of others, which knows no data: it is measured on given inputs, a language model by its perplexity, others by
 * how near they are to what they were when opened.
 */
final class FolderPiece<I, O> implements Workpiece {
    private static final int BATCH = 16;

    private final Path folder;
    private final Predictor<I, O> predictor;
    private final List<I> inputs;
    private final Layer model;
    private final List<?> answers; // when it was opened

    private FolderPiece(Path folder, Predictor<I, O> predictor, List<String> typed) {
        this.folder = folder;
        this.predictor = predictor;
        this.inputs = typed.stream().map(predictor::parse).toList();
        this.model = predictor.network().orElseThrow(() -> Expect.error(folder.toString(), "a model whose layers can be"
                + " changed", "one that can only be asked, " + predictor.getClass().getSimpleName()));
        this.answers = model instanceof CausalLm ? List.of() : answers();
    }

    static <I, O> FolderPiece<I, O> of(Path folder, Predictor<I, O> predictor, List<String> typed) {
        try {
            return new FolderPiece<>(folder, predictor, typed);
        } catch (RuntimeException e) {
            predictor.close();
            throw e;
        }
    }

    @Override public Path folder() { return folder; }

    @Override public Layer model() { return model; }

    @Override public Summary summary() {
        var box = predictor.glassBox();
        return box.isPresent() ? Summary.of(model, () -> box.get().scores(box.get().encode(inputs.subList(0, 1))))
                : Summary.of(model, () -> predictor.predict(inputs.subList(0, 1)));
    }

    @Override public Runnable answer() {
        if (model instanceof CausalLm) {
            var box = predictor.glassBox().orElseThrow();
            return () -> box.scores(box.encode(inputs.subList(0, 1)));
        }
        var batch = inputs.subList(0, Math.min(BATCH, inputs.size()));
        return () -> predictor.predict(batch);
    }

    @Override public Map<String, Double> quality() {
        if (model instanceof CausalLm) return Map.of("perplexity", perplexity());
        var now = answers();
        return Map.of(now.getFirst() instanceof float[] ? "cosine with what it was" : "same answers",
                IntStream.range(0, now.size()).mapToDouble(i -> likeness(now.get(i), answers.get(i))).average()
                        .orElseThrow());
    }

    private List<?> answers() {
        var box = predictor.glassBox();
        if (box.isEmpty()) return predictor.predict(inputs);
        return inputs.stream().map(input -> best(box.get(), input)).toList();
    }

    private static <I> long best(GlassBox<I> box, I input) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return box.scores(box.encode(List.of(input))).argmax(-1).flatten().select(0, 0).itemLong();
        }
    }

    private static double likeness(Object a, Object b) {
        if (!(a instanceof float[] x && b instanceof float[] y)) return a.equals(b) ? 1 : 0;
        double product = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.length; i++) {
            product += (double) x[i] * y[i];
            xx += (double) x[i] * x[i];
            yy += (double) y[i] * y[i];
        }
        return product / Math.sqrt(xx * yy);
    }

    private double perplexity() {
        var sums = new double[2]; // of losses, and of tokens
        try (var _ = model.evaluating(); var _ = Torch.noGrad()) {
            batches(Integer.MAX_VALUE, pass -> {
                var now = pass.get();
                sums[0] += now.loss().item() * now.weight();
                sums[1] += now.weight();
            });
        }
        return Math.exp(sums[0] / sums[1]);
    }

    /** Of a language model windows of its texts; others give no loss, and show their layers what they need. */
    @Override public void batches(int count, Consumer<Supplier<Pass>> each) {
        if (!(model instanceof CausalLm lm)) {
            for (int i = 0; i < inputs.size() && i / BATCH < count; i += BATCH) {
                var batch = inputs.subList(i, Math.min(inputs.size(), i + BATCH));
                each.accept(() -> {
                    predictor.predict(batch);
                    return Pass.measured(null, null);
                });
            }
            return;
        }
        var box = predictor.glassBox().orElseThrow();
        var task = new CausalLanguageModelling(lm);
        var windows = new ArrayList<I>(inputs.subList(0, Math.min(count, inputs.size())));
        for (I input : windows) {
            try (var _ = Scope.open()) {
                Tensor ids = box.encode(List.of(input));
                long length = ids.size(1) - 1;
                if (length < 1) continue; // nothing to say of a single token
                var batch = new Batch(ids.narrow(1, 0, length), ids.narrow(1, 1, length));
                each.accept(() -> task.forward(batch));
            }
        }
    }

    @Override public Optional<Tensor> example() {
        return predictor.glassBox().map(box -> box.encode(inputs.subList(0, 1)).narrow(0, 0, 1));
    }

    @Override public Tensor forward(Tensor x) {
        return predictor.glassBox().orElseThrow(() -> Expect.error(folder.toString(), "a model that can be looked into",
                predictor.getClass().getSimpleName())).scores(x);
    }

    @Override public void train(Path into, int epochs, Tuning tuning) {
        throw Expect.error(folder.toString(), "the folder of a run, whose data it can be trained on", "another model;"
                + " set epochs=0 to leave it as it is");
    }

    @Override public void close() { predictor.close(); }
}
