package dev.merapi.explain.examples;

import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which training examples have taught a model an answer: the gradient of the loss of each, times that of the answer,
 * over checkpoints of the training (Pruthi et al. 2020, arXiv:2002.08484). Positive ones have lowered the answer's
 * loss, negative ones have raised it.
 *
 * @param model whose weights are put back afterwards
 * @param loss of an example, 0-d, by the model as it is then
 * @param names of the parameters that are looked at, such as those of the last layer
 * @param rate of the training, by which the products are multiplied
 * @param <E> an example
 */
public record TracIn<E>(Layer model, Function<E, Tensor> loss, Predicate<String> names, double rate) {
    /**
     * The influence of each training example on the loss of another.
     *
     * @param checkpoints folders or files with weights
     */
    public double[] influences(List<Path> checkpoints, List<E> training, E answer) {
        Expect.that(!checkpoints.isEmpty(), "TracIn.checkpoints", "at least one", "none");
        var kept = new LinkedHashMap<String, Tensor>();
        var influences = new double[training.size()];
        try (var _ = Scope.open()) {
            model.tensors().forEach((name, tensor) -> kept.put(name, tensor.detach().copy()));
            try {
                for (Path checkpoint : checkpoints) {
                    Weights.open(checkpoint).loadInto(model);
                    add(training, answer, influences);
                }
            } finally {
                model.map((name, _) -> kept.get(name));
            }
        }
        return influences;
    }

    private void add(List<E> training, E answer, double[] influences) {
        try (var _ = Scope.open(); var _ = model.evaluating()) {
            var towards = gradient(answer);
            for (int i = 0; i < influences.length; i++) {
                try (var _ = Scope.open()) {
                    influences[i] += rate * gradient(training.get(i)).dot(towards).item();
                }
            }
        }
    }

    /** Of all parameters that are looked at, one after the other. */
    private Tensor gradient(E example) {
        List<Tensor> params = model.params().entrySet().stream()
                .filter(entry -> names.test(entry.getKey()) && entry.getValue().isTrainable())
                .<Tensor>map(Map.Entry<String, Param>::getValue).toList();
        Expect.that(!params.isEmpty(), "TracIn.names", "names of parameters", "none of " + model.params().keySet());
        try (var _ = Torch.enableGrad()) {
            var gradients = Tensor.grad(List.of(loss.apply(example)), params, false);
            return Tensor.cat(gradients.stream().filter(g -> g != null).map(g -> g.flatten().to(DType.FLOAT64))
                    .toList(), 0);
        }
    }
}
