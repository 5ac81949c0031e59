package dev.merapi.train;

import dev.merapi.data.Batch;
import dev.merapi.loss.Loss;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/** One input, one target, a loss between the model's output and the target. */
public final class Supervised implements Task<Batch> {
    private final Layer model;
    private final Unary forward;
    private final Loss loss;
    private final List<Metric<?, ?>> metrics;
    private final UnaryOperator<Tensor> postprocess;
    private final BiConsumer<Tensor, Tensor> check;

    private Supervised(Layer model, Unary forward, Loss loss, List<Metric<?, ?>> metrics,
            UnaryOperator<Tensor> postprocess, BiConsumer<Tensor, Tensor> check) {
        this.model = model;
        this.forward = forward;
        this.loss = loss;
        this.metrics = metrics;
        this.postprocess = postprocess;
        this.check = check;
    }

    /** A task with any loss and metrics; its predictions are the model's output as it is. */
    public static <M extends Layer & Unary> Supervised of(M model, Loss loss, Metric<?, ?>... metrics) {
        return new Supervised(model, model, loss, List.of(metrics), UnaryOperator.identity(), (_, _) -> { });
    }

    /** The model's {@link #output} as a function of one input. */
    public Signature signature(Signature.Input input, String output) {
        return new Signature(model, List.of(input), List.of(output), x -> List.of(output(x.getFirst())));
    }

    /** The same task whose predictions go through a function, such as a softmax. */
    public Supervised postprocess(UnaryOperator<Tensor> function) {
        return new Supervised(model, forward, loss, metrics, function, check);
    }

    /** The same task, which refuses outputs and targets that {@code check} throws at. */
    Supervised checking(BiConsumer<Tensor, Tensor> check) {
        return new Supervised(model, forward, loss, metrics, postprocess, check);
    }

    @Override public Layer model() { return model; }

    @Override public List<Metric<?, ?>> metrics() { return metrics; }

    @Override public Pass forward(Batch batch) {
        var output = forward.forward(batch.x());
        check.accept(output, batch.y());
        return new Pass(loss.forward(output, batch.y()), loss.weight(output, batch.y()), output, batch.y());
    }

    @Override public Tensor predict(Batch batch) { return postprocess.apply(forward.forward(batch.x())); }

    /** The model's output for inputs (N, …), before any {@link #postprocess}, in evaluation mode. */
    public Tensor output(Tensor x) {
        try (var _ = model.evaluating()) {
            return forward.forward(x.to(model.device()));
        }
    }

    /**
     * The predictions for inputs (N, …), in evaluation mode and without gradients. Several threads may call it at
     * once.
     */
    public Tensor predict(Tensor x) {
        try (var scope = Scope.open(); var _ = model.evaluating(); var _ = Torch.noGrad()) {
            return scope.keep(postprocess.apply(forward.forward(x.to(model.device()))));
        }
    }
}
