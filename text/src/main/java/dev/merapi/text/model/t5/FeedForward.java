package dev.merapi.text.model.t5;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/** Two products with an activation between them, which a third one gates in T5 1.1. Shapes: x (…, E) to the same. */
final class FeedForward extends Layer implements Unary {
    Unary wi; // E to hidden, or null and
    @Name("wi_0") Unary activated;
    @Name("wi_1") Unary gate;
    Unary wo; // hidden to E
    private final T5Config config;

    FeedForward(T5Config config) {
        int width = config.dModel(), hidden = config.dFf();
        var in = Init.normal(0, config.initializerFactor() * Math.pow(width, -0.5));
        this.config = config;
        wi = config.isGated() ? null : Attention.linear(width, hidden, in);
        activated = config.isGated() ? Attention.linear(width, hidden, in) : null;
        gate = config.isGated() ? Attention.linear(width, hidden, in) : null;
        wo = Attention.linear(hidden, width,
                Init.normal(0, config.initializerFactor() * Math.pow(hidden, -0.5)));
    }

    @Override public Tensor forward(Tensor x) {
        Tensor y = wi != null ? config.activation().forward(wi.forward(x))
                : config.activation().forward(activated.forward(x)).mul(gate.forward(x));
        return hooked(wo.forward(F.dropout(y, config.dropoutRate(), isTraining())), x);
    }
}
