package dev.merapi.parallel;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Divides the linear layers of Transformer blocks among ranks, which each have some heads of attention and a part of
 * the feed-forward net (Shoeybi et al. 2019, "Megatron-LM").
 *
 * <pre>{@code
 * TensorParallel.LLAMA.divide(model, mesh.tensor());
 * model.forward(ids);                             // on all ranks, of the same ids, to the same logits
 * }</pre>
 *
 * A layer cut by columns is followed by one cut by rows: between them nothing travels; behind the second the ranks add
 * up what they have, and in backward, behind the first, the gradients of its input. Values and gradients are those of
 * the whole model. Dropout between the two draws the same numbers on all ranks.
 *
 * @param columns full names, as expressions, of layers whose outputs are divided
 * @param rows those whose inputs are
 */
public record TensorParallel(Pattern columns, Pattern rows) {
    /** Of {@code Llama} and its relatives. */
    public static final TensorParallel LLAMA = of(".*\\.(q_proj|k_proj|v_proj|gate_proj|up_proj)",
            ".*\\.(o_proj|down_proj)");

    /** Of {@code Bert} and RoBERTa, by transformers' names. */
    public static final TensorParallel BERT = of(".*\\.(query|key|value|intermediate\\.dense)",
            ".*\\.attention\\.output\\.dense|.*\\.\\d+\\.output\\.dense");

    /**
     * {@link #LLAMA} or {@link #BERT}, by the names of a model's layers.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static TensorParallel fitting(Layer model) {
        for (var one : List.of(LLAMA, BERT)) {
            var paths = model.layers().keySet();
            if (paths.stream().anyMatch(one.columns.asMatchPredicate())
                    && paths.stream().anyMatch(one.rows.asMatchPredicate())) return one;
        }
        throw new IllegalArgumentException("TensorParallel: expected a model with the layers of Llama or BERT. Received"
                + " " + model.getClass().getSimpleName() + "; name its layers by TensorParallel.of, or train it without"
                + " tensor parallelism.");
    }

    /** From regular expressions. */
    public static TensorParallel of(String columns, String rows) {
        return new TensorParallel(Pattern.compile(columns), Pattern.compile(rows));
    }

    /**
     * Leaves this rank's part of each layer in the model, which all ranks have with the same weights. Optimizers are
     * made afterwards.
     *
     * @throws IllegalArgumentException if no layer is divided, one is no {@link Linear}, or its size cannot be
     */
    public void divide(Layer model, ProcessGroup group) {
        var old = new ArrayList<Layer>();
        model.replace((path, layer) -> {
            boolean byColumns = columns.matcher(path).matches();
            if (!byColumns && !rows.matcher(path).matches()) return layer;
            if (!(layer instanceof Linear linear)) {
                throw new IllegalArgumentException("TensorParallel: expected a Linear layer at " + path + ". Received"
                        + " a " + layer.getClass().getSimpleName());
            }
            old.add(layer);
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                return new DividedLinear(path, linear, !byColumns, group);
            }
        });
        if (old.isEmpty()) {
            throw new IllegalArgumentException("TensorParallel: expected layers named as " + columns + " or " + rows
                    + ". Received " + model.getClass().getSimpleName() + " without any.");
        }
        old.forEach(Layer::close);
    }

    /**
     * The whole parameters of a divided model, by name: what {@link Layer#params} gave before. Called on all ranks.
     */
    public Map<String, Tensor> whole(Layer model, ProcessGroup group) {
        var all = new LinkedHashMap<String, Tensor>();
        var along = along(model);
        model.params().forEach((name, param) -> {
            try (var scope = Scope.open(); var _ = Torch.noGrad()) {
                Tensor own = param.detach();
                all.put(name, scope.keep(along.containsKey(name) ? whole(own, along.get(name), group) : own.copy()));
            }
        });
        return all;
    }

    /** A tensor from all ranks' parts. */
    static Tensor whole(Tensor own, int along, ProcessGroup group) {
        return Tensor.cat(group.allGather(own.contiguous()).unbind(0), along);
    }

    /** Of a divided model, the parameters that ranks have parts of, with the dimension that is divided. */
    static Map<String, Integer> along(Layer model) {
        var all = new LinkedHashMap<String, Integer>();
        var layers = model.layers();
        model.params().forEach((name, param) -> {
            if (!(layers.get(name.substring(0, Math.max(0, name.lastIndexOf('.')))) instanceof DividedLinear layer)) {
                return;
            }
            if (layer.along(param) >= 0) all.put(name, layer.along(param));
        });
        return all;
    }

    /** A rank's part of a parameter, of equal ones along a dimension. */
    static Param part(String path, Tensor whole, int along, ProcessGroup group) {
        if (whole.size(along) % group.world() != 0) {
            throw new IllegalArgumentException("TensorParallel: expected a size that " + group.world()
                    + " ranks divide along dimension " + along + " of " + path + ". Received " + whole.describe());
        }
        long size = whole.size(along) / group.world();
        return new Param(whole.detach().narrow(along, group.rank() * size, size).copy());
    }
}
