package dev.merapi.text.model.bert;

import dev.merapi.nn.Activation;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Name;
import dev.merapi.nn.PackedLinear;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Self-attention and a feed-forward net, each with a residual path and then a norm.
 *
 * <p>B batch, T tokens, E hidden size, H heads, D = E / H. Shapes: x (B, T, E) to the same.
 */
final class EncoderLayer extends Layer {
    @Name("") private final Map<String, Layer> parts; // those below, as the family names them
    private final transient Linear query;
    private final transient Linear key;
    private final transient Linear value;
    private final transient Linear out;
    private final transient LayerNorm outNorm;
    private final transient Linear up;
    private final transient Linear down;
    private final transient LayerNorm downNorm;
    private final PackedLinear fastQueryKeyValue; // for inference
    private final PackedLinear fastOut;
    private final PackedLinear fastUp;
    private final PackedLinear fastDown;
    private final Activation activation;
    private final int heads;
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
        parts = Family.named(config.family().layerParts, query, key, value, out, outNorm, up, down, downNorm);
        fastQueryKeyValue = new PackedLinear(query, key, value);
        fastOut = new PackedLinear(out);
        fastUp = new PackedLinear(up);
        fastDown = new PackedLinear(down);
        activation = config.activation();
        heads = config.numAttentionHeads();
        attentionDropout = config.attentionProbsDropoutProb();
        dropout = config.hiddenDropoutProb();
        outDropout = config.family() == Family.DISTILBERT ? 0 : dropout; // as transformers
    }

    Tensor forward(Tensor x, Mask mask) {
        if (!isTraining() && fastOut.isUsable(x)) return infer(x, mask);
        double p = isTraining() ? attentionDropout : 0;
        Tensor seen = F.attention(intoHeads(query.forward(x)), intoHeads(key.forward(x)),
                intoHeads(value.forward(x)), mask, p); // (B, H, T, D)
        Tensor attended = out.forward(seen.transpose(1, 2).flatten(2, 3)); // (B, T, E)
        Tensor y = outNorm.forward(F.dropout(attended, outDropout, isTraining()).add(x));
        Tensor fed = down.forward(activation.forward(up.forward(y)));
        return downNorm.forward(F.dropout(fed, dropout, isTraining()).add(y));
    }

    /** The same with fewer and faster products. */
    private Tensor infer(Tensor x, Mask mask) {
        List<Tensor> parts = fastQueryKeyValue.forward(x).unflatten(2, 3, heads, x.size(2) / heads) // (B, T, 3, H, D)
                .transpose(1, 3).unbind(2); // (B, H, T, D)
        Tensor seen = F.attention(parts.get(0), parts.get(1), parts.get(2), mask, 0);
        Tensor y = outNorm.forward(fastOut.forwardPlus(seen.transpose(1, 2).flatten(2, 3), x)); // (B, T, E)
        return downNorm.forward(fastDown.forwardPlus(fastUp.forward(y, activation), y));
    }

    @Override protected void closing() {
        List.of(fastQueryKeyValue, fastOut, fastUp, fastDown).forEach(PackedLinear::close);
    }

    /** x (B, T, E) to (B, H, T, D). */
    private Tensor intoHeads(Tensor x) { return x.unflatten(2, heads, x.size(2) / heads).transpose(1, 2); }
}
