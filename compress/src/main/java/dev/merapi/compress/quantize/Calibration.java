package dev.merapi.compress.quantize;

import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What some layers see while a model reads examples.
 *
 * @param hessian by layer Σ x xᵀ over its inputs x, (in, in)
 * @param magnitude the mean of |x|, (in)
 */
record Calibration(Map<String, Tensor> hessian, Map<String, Tensor> magnitude) {
    /**
     * @param names of affine layers
     * @param run runs the model on the examples
     * @throws IllegalArgumentException if it runs none of them
     */
    static Calibration of(Layer model, Set<String> names, Runnable run) {
        var hessian = new LinkedHashMap<String, Tensor>();
        var sums = new LinkedHashMap<String, Tensor>();
        var rows = new LinkedHashMap<String, Long>();
        try (var _ = model.evaluating(); var _ = Torch.noGrad(); var _ = Hooks.listen(model, call -> {
            if (!names.contains(call.path())) return;
            try (var _ = Scope.open()) {
                Tensor x = call.inputs().getFirst();
                Tensor flat = x.reshape(-1, x.size(-1)).to(DType.FLOAT32);
                add(hessian, call.path(), flat.mT().matmul(flat));
                add(sums, call.path(), flat.abs().sum(0));
                rows.merge(call.path(), flat.size(0), Long::sum);
            }
        })) {
            run.run();
        }
        names.forEach(name -> Expect.that(rows.containsKey(name), "Calibration", "examples that run through all layers"
                + " to quantise", "none through " + name));
        sums.forEach((name, sum) -> sum.div_(rows.get(name)));
        return new Calibration(hessian, sums);
    }

    private static void add(Map<String, Tensor> sums, String name, Tensor more) {
        if (sums.containsKey(name)) sums.get(name).add_(more);
        else sums.put(name, more.owned());
    }

    void close() {
        hessian.values().forEach(Tensor::close);
        magnitude.values().forEach(Tensor::close);
    }
}
