package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Encoder layers one after the other, and with pre-norm a last norm. Shapes: x (B, T, dim) to the same. Named
 * as torch's {@code nn.TransformerEncoder}.
 */
public final class TransformerEncoder extends Layer implements Unary {
    final List<TransformerEncoderLayer> layers;
    Unary norm; // with pre-norm, else null

    /** @param hidden size between the two feed-forward products */
    public TransformerEncoder(int depth, int dim, int heads, int hidden, TransformerOptions options) {
        this.layers = Stream.generate(() -> new TransformerEncoderLayer(dim, heads, hidden, options)).limit(depth)
                .collect(Collectors.toCollection(ArrayList::new));
        this.norm = options.preNorm() ? new LayerNorm(dim, options.eps()) : null;
    }

    @Override public Tensor forward(Tensor x) { return forward(x, Mask.NONE); }

    /** x (B, T, dim) to the same, where {@code mask} says who sees whom. */
    public Tensor forward(Tensor x, Mask mask) {
        Tensor y = Blocks.run(x, layers, (i, h) -> layers.get(i).forward(h, mask));
        return hooked(norm == null ? y : norm.forward(y), x);
    }
}
