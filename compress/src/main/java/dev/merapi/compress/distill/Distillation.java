package dev.merapi.compress.distill;

import dev.merapi.loss.KlDivergence;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Pass;
import dev.merapi.train.Task;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trains a student by the answers of a teacher beside those of the data. Hinton et al. 2015, arXiv:1503.02531.
 *
 * <pre>{@code
 * job.trainer().task(Distillation.of(job.trainer().task(), teacher, DistillOptions.DEFAULT));
 * job.fit(Path.of("runs/student"));
 * }</pre>
 *
 * The loss is {@code (1 - soft) · task + soft · T² · KL(teacher / T ‖ student / T)}, T the temperature. Besides,
 * of pairs of layers whose outputs (B, …) may have different widths:
 * <ul><li><b>features</b>: which inputs of the batch are alike, the rows of F Fᵀ, each of length 1 (Tung and Mori
 * 2019, arXiv:1907.09682);
 * <li><b>attention</b>: where there is much, the sum of squares over channels (of (B, C, H, W)) or over the last axis
 * (of (B, T, E)), of length 1 (Zagoruyko and Komodakis 2017, arXiv:1612.03928). Both must have the same places.</ul>
 *
 * @param <B> the batches of both
 */
public final class Distillation<B> implements Task<B> {
    private final Task<B> student;
    private final Task<B> teacher;
    private final DistillOptions options;

    private Distillation(Task<B> student, Task<B> teacher, DistillOptions options) {
        this.student = student;
        this.teacher = teacher;
        this.options = options;
        expect("student", student.model(), options.pairs().keySet());
        expect("teacher", teacher.model(), Set.copyOf(options.pairs().values()));
    }

    private static void expect(String who, Layer model, Set<String> names) {
        var there = model.layers().keySet();
        for (String name : names) {
            Expect.that(there.contains(name), "DistillOptions.pairs", "layers of the " + who + ", such as "
                    + there.stream().filter(n -> !n.isEmpty()).limit(4).toList(), name);
        }
    }

    /**
     * A task for the student's model; the teacher's stays as it is.
     *
     * @throws IllegalArgumentException if a layer of the pairs is not there
     */
    public static <B> Distillation<B> of(Task<B> student, Task<B> teacher, DistillOptions options) {
        return new Distillation<>(student, teacher, options);
    }

    @Override public Layer model() { return student.model(); }

    @Override public List<Metric<?, ?>> metrics() { return student.metrics(); }

    @Override public Pass evaluate(B batch) { return student.evaluate(batch); }

    @Override public Tensor predict(B batch) { return student.predict(batch); }

    @Override public Pass forward(B batch) {
        Map<String, Tensor> seen = new HashMap<>(), shown = new HashMap<>();
        Pass own = heard(student, batch, options.pairs().keySet(), seen);
        Pass taught;
        try (var _ = teacher.model().evaluating(); var _ = Torch.noGrad()) {
            taught = heard(teacher, batch, new HashSet<>(options.pairs().values()), shown);
        }
        Tensor loss = own.loss().mul(1 - options.soft());
        if (options.soft() > 0) loss = loss.add(answers(logits(own), logits(taught)).mul(options.soft()));
        for (var pair : options.pairs().entrySet()) {
            Tensor mine = seen.get(pair.getKey()), theirs = shown.get(pair.getValue());
            if (options.features() > 0) loss = loss.add(features(mine, theirs).mul(options.features()));
            if (options.attention() > 0) {
                loss = loss.add(attention(pair, mine, theirs).mul(options.attention()));
            }
        }
        return new Pass(loss, own.weight(), own.prediction(), own.target());
    }

    /** Keeps what some layers give. */
    private static <B> Pass heard(Task<B> task, B batch, Set<String> names, Map<String, Tensor> outputs) {
        if (names.isEmpty()) return task.forward(batch);
        try (var _ = Hooks.listen(task.model(), call -> {
            if (names.contains(call.path())) outputs.put(call.path(), call.output());
        })) {
            var pass = task.forward(batch);
            Expect.that(outputs.keySet().containsAll(names), "DistillOptions.pairs", "layers that run and tell of it",
                    names);
            return pass;
        }
    }

    /** Of one score the two that stand for its classes. */
    private static Tensor logits(Pass pass) {
        if (!(pass.prediction() instanceof Tensor logits) || !logits.dtype().isFloating()) {
            throw Expect.error("Distillation", "a task whose predictions are logits", pass.prediction());
        }
        return logits.rank() == 1 ? Tensor.stack(List.of(logits.zerosLike(), logits), 1) : logits;
    }

    private Tensor answers(Tensor own, Tensor taught) {
        if (!Arrays.equals(own.shape(), taught.shape())) {
            throw Expect.error("Distillation", "a student with the answers of its teacher, "
                    + Shapes.toString(taught.shape()), Shapes.toString(own.shape()));
        }
        double t = options.temperature();
        var divergence = new KlDivergence(true);
        return divergence.forward(own.div(t).logSoftmax(-1), taught.div(t).logSoftmax(-1)).mul(t * t);
    }

    private static Tensor features(Tensor own, Tensor taught) {
        return likeness(own).sub(likeness(taught)).square().sum().div(own.size(0) * (double) own.size(0));
    }

    /** Rows of F Fᵀ (B, B), each of length 1. */
    private static Tensor likeness(Tensor x) {
        Tensor rows = x.flatten(1, -1);
        return unit(rows.matmul(rows.mT()));
    }

    private static Tensor attention(Map.Entry<String, String> pair, Tensor own, Tensor taught) {
        Tensor mine = places(own), theirs = places(taught);
        if (mine.size(1) != theirs.size(1)) {
            throw Expect.error("DistillOptions.pairs", "layers with the same places, as " + pair.getValue() + " of the"
                    + " teacher " + Shapes.toString(taught.shape()), pair.getKey() + " "
                    + Shapes.toString(own.shape()));
        }
        return unit(mine).sub(unit(theirs)).square().sum(1).mean();
    }

    private static Tensor places(Tensor x) { return x.square().sum(x.rank() == 4 ? 1 : -1).flatten(1, -1); }

    private static Tensor unit(Tensor rows) {
        return rows.div(rows.norm(2, new long[] {1}, true).clamp(1e-12, null));
    }
}
