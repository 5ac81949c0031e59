package dev.merapi.compress.quantize;

import dev.merapi.compress.Compressed;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;

/** A vector of 8-bit numbers for each id, with a step of its own. Shapes: ids (…) to y (…, dim), float32. */
public final class Int8Embedding extends Layer implements Unary, Compressed {
    final State weight; // (count, dim), int8
    final State weightScale; // (count, 1), float32

    private Int8Embedding(Tensor weight, Tensor scale) {
        this.weight = new State(weight);
        this.weightScale = new State(scale);
    }

    static Int8Embedding of(Embedding table) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor w = table.params().get("weight").to(DType.FLOAT32);
            Tensor scale = Int8Linear.scale(w);
            return new Int8Embedding(Int8Linear.rounded(w, scale), scale.unsqueeze(1));
        }
    }

    /** Of the same shapes, without values. */
    static Int8Embedding like(Embedding table) {
        var weight = table.params().get("weight");
        try (var _ = Scope.open()) {
            return new Int8Embedding(Tensor.empty(weight.device(), DType.INT8, weight.shape()),
                    Tensor.empty(weight.device(), DType.FLOAT32, weight.size(0), 1));
        }
    }

    @Override public long parameters() { return weight.numel(); }

    /** @throws IllegalArgumentException for an id outside 0 to count - 1 */
    @Override public Tensor forward(Tensor ids) {
        Tensor flat = ids.flatten().to(DType.INT64);
        try {
            Tensor rows = weight.indexSelect(0, flat).to(DType.FLOAT32).mul(weightScale.indexSelect(0, flat));
            long[] shape = Arrays.copyOf(ids.shape(), ids.rank() + 1);
            shape[ids.rank()] = weight.size(1);
            return hooked(rows.view(shape), ids);
        } catch (IllegalArgumentException e) {
            throw Expect.error(path(), "ids from 0 to " + (weight.size(0) - 1), ids.describe());
        }
    }
}
