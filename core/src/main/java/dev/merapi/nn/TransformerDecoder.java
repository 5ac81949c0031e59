package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decoder layers one after the other, and with pre-norm a last norm. Shapes: x (B, T, dim), memory (B, S,
 * dim) to y (B, T, dim). Named as torch's {@code nn.TransformerDecoder}.
 */
public final class TransformerDecoder extends Layer {
    final List<TransformerDecoderLayer> layers;
    Unary norm; // with pre-norm, else null

    /** @param hidden size between the two feed-forward products */
    public TransformerDecoder(int depth, int dim, int heads, int hidden, TransformerOptions options) {
        this.layers = Stream.generate(() -> new TransformerDecoderLayer(dim, heads, hidden, options)).limit(depth)
                .collect(Collectors.toCollection(ArrayList::new));
        this.norm = options.preNorm() ? new LayerNorm(dim, options.eps()) : null;
    }

    /** Causal in x, all of the memory seen. */
    public Tensor forward(Tensor x, Tensor memory) { return forward(x, memory, Mask.causal(), Mask.NONE); }

    /**
     * @param self what x must not see of itself
     * @param cross what x must not see of the memory
     */
    public Tensor forward(Tensor x, Tensor memory, Mask self, Mask cross) {
        Tensor y = Blocks.run(x, layers, (i, h) -> layers.get(i).forward(h, memory, self, cross));
        return hooked(norm == null ? y : norm.forward(y), x, memory);
    }
}
