package dev.merapi.explain.attention;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.CausalLm;

/**
 * What a language model says of the token after a prompt: ids (B, T) to logits (B, vocabulary). So which tokens of a
 * prompt made it say a token is asked as of any model:
 *
 * <pre>{@code
 * var next = new NextToken(model);
 * var hiding = Explainer.hiding(Game.of(next, blank, Game.each(12)), new FeatureAblation());
 * var embedded = Embedded.of(model, next, ids);
 * var slopes = embedded.summed(Saliency.timesInput(embedded).explain(embedded.vectors(ids), 262));
 * }</pre>
 */
public record NextToken(CausalLm model) implements Unary {
    @Override public Tensor forward(Tensor ids) {
        try (var _ = model.evaluating()) {
            return model.forward(ids).select(1, -1);
        }
    }
}
