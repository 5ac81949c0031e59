package dev.merapi.explain.attention;

import dev.merapi.nn.Hook;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Mask;
import dev.merapi.nn.MultiHeadAttention;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.bert.Bert;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Computes attention once more where a model has computed it in one operator, so that its weights are there, with
 * gradients; the model goes on with the same values.
 *
 * <p>T tokens, E width, H heads.
 */
final class SeenAttention implements Hook {
    private final Layer model;
    private final List<Tensor> found = new ArrayList<>(); // (1, H, T, T) each
    /** Of a layer of BERT's that has not come to its output (1, T, E). */
    private Tensor query;
    private Tensor key;
    private Tensor value;

    SeenAttention(Layer model) { this.model = model; }

    List<Tensor> weights() {
        Expect.that(!found.isEmpty(), "AttentionMaps",
                "a model with attention as layers: BERT, ViT, TransformerEncoder", model.getClass().getSimpleName());
        return found;
    }

    @Override public Tensor around(Call call) {
        if (call.layer() instanceof MultiHeadAttention attention) {
            var x = call.inputs().getFirst();
            var attended = attention.forwardWithWeights(x, x, x, Mask.NONE);
            found.add(attended.weights());
            return same(call, attended.y());
        }
        switch (call.path().substring(call.path().lastIndexOf('.') + 1)) {
            case "query", "q_lin" -> query = call.output();
            case "key", "k_lin" -> key = call.output();
            case "value", "v_lin" -> value = call.output();
            default -> {
                if (isOut(call)) return same(call, ((Unary) call.layer()).forward(attend()));
            }
        }
        return call.output();
    }

    /** Whether a layer takes what BERT's attention gives. */
    private boolean isOut(Call call) {
        return query != null && key != null && value != null && call.layer() instanceof Unary
                && !call.inputs().isEmpty()
                && Arrays.equals(call.inputs().getFirst().shape(), value.shape());
    }

    private Tensor attend() {
        Tensor q = intoHeads(query), k = intoHeads(key), v = intoHeads(value); // (1, H, T, E / H)
        query = key = value = null;
        Tensor weights = q.matmul(k.mT()).div(Math.sqrt(q.size(3))).softmax(-1);
        found.add(weights);
        return weights.matmul(v).transpose(1, 2).flatten(2, 3); // (1, T, E)
    }

    private Tensor intoHeads(Tensor x) {
        var bert = model.layers().values().stream().filter(Bert.class::isInstance).findFirst();
        Expect.that(bert.isPresent(), "AttentionMaps", "a model on Bert, whose heads are known",
                model.getClass().getSimpleName());
        return x.unflatten(2, ((Bert) bert.get()).config().numAttentionHeads(), -1).transpose(1, 2);
    }

    private static Tensor same(Call call, Tensor y) {
        double off = y.detach().sub(call.output().detach()).abs().max().item();
        double size = call.output().detach().abs().max().item();
        Expect.that(off <= 1e-2 * size + 1e-6, "AttentionMaps",
                "attention to all tokens, of an input without padding", call.path() + ", which leaves some out");
        return y;
    }
}
