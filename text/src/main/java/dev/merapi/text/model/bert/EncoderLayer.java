package dev.merapi.text.model.bert;

import dev.merapi.nn.Activation;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.PackedLinear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Self-attention and a feed-forward net, each with a residual path and then a norm.
 *
 * <p>B batch, T tokens, E hidden size, H heads, D = E / H. Shapes: x (B, T, E) to the same.
 */
final class EncoderLayer extends Layer {
    Unary query;
    Unary key;
    Unary value;
    Unary out;
    Unary outNorm;
    Unary up;
    Unary down;
    Unary downNorm;
    private final PackedLinear fastQueryKeyValue = new PackedLinear(() -> List.of(query, key, value)); // for inference
    private final PackedLinear fastOut = new PackedLinear(() -> List.of(out));
    private final PackedLinear fastUp = new PackedLinear(() -> List.of(up));
    private final PackedLinear fastDown = new PackedLinear(() -> List.of(down));
    private final transient Family family;
    private final Activation activation;
    private final int head; // D
    private final double attentionDropout;
    private final double outDropout;
    private final double dropout;

    EncoderLayer(BertConfig config) {
        int dim = config.hiddenSize();
        query = new Linear(dim, dim);
        key = new Linear(dim, dim);
        value = new Linear(dim, dim);
        out = new Linear(dim, dim);
        outNorm = new LayerNorm(dim, config.layerNormEps());
        up = new Linear(dim, config.intermediateSize());
        down = new Linear(config.intermediateSize(), dim);
        downNorm = new LayerNorm(dim, config.layerNormEps());
        family = config.family();
        activation = config.activation();
        head = dim / config.numAttentionHeads();
        attentionDropout = config.attentionProbsDropoutProb();
        dropout = config.hiddenDropoutProb();
        outDropout = family == Family.DISTILBERT ? 0 : dropout; // as transformers
    }

    Tensor forward(Tensor x, Mask mask) {
        var qkv = queryKeyValue(x);
        Tensor seen = F.attention(qkv.get(0), qkv.get(1), qkv.get(2), mask, isTraining() ? attentionDropout : 0);
        Tensor y = outNorm.forward(plus(x, seen.transpose(1, 2).flatten(2, 3), out, fastOut, outDropout)); // (B, T, E)
        Tensor fed = suits(fastUp, y) ? fastUp.forward(y, activation) : activation.forward(up.forward(y));
        return hooked(downNorm.forward(plus(y, fed, down, fastDown, dropout)), x);
    }

    /** Each (B, H, T, D). */
    private List<Tensor> queryKeyValue(Tensor x) {
        if (suits(fastQueryKeyValue, x)) {
            return fastQueryKeyValue.forward(x).unflatten(2, 3, -1, head) // (B, T, 3, H, D)
                    .transpose(1, 3).unbind(2);
        }
        return List.of(intoHeads(query.forward(x)), intoHeads(key.forward(x)), intoHeads(value.forward(x)));
    }

    /** x + dropout(layer(y)) */
    private Tensor plus(Tensor x, Tensor y, Unary layer, PackedLinear fast, double p) {
        return suits(fast, y) ? fast.forward(y).add_(x) : F.dropout(layer.forward(y), p, isTraining()).add(x);
    }

    private boolean suits(PackedLinear fast, Tensor x) { return !isTraining() && fast.isUsable(x); }

    @Override protected String nameOf(String field) {
        return Family.nameOf(field, family.layerParts, "query", "key", "value", "out", "outNorm", "up", "down",
                "downNorm");
    }

    @Override protected void closing() {
        List.of(fastQueryKeyValue, fastOut, fastUp, fastDown).forEach(PackedLinear::close);
    }

    /** x (B, T, E) to (B, H, T, D). */
    private Tensor intoHeads(Tensor x) { return x.unflatten(2, -1, head).transpose(1, 2); }
}
