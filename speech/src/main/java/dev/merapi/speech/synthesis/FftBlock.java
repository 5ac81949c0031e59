package dev.merapi.speech.synthesis;

import dev.merapi.nn.AttentionOptions;
import dev.merapi.nn.Conv1d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Mask;
import dev.merapi.nn.MultiHeadAttention;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/** Self-attention, and two convolutions in the place of a feed-forward net. Shapes: x (B, T, E) to the same. */
final class FftBlock extends Layer {
    private static final int KERNEL = 9;

    final MultiHeadAttention attention;
    Unary attentionNorm;
    Unary wide;
    Unary narrow;
    Unary norm;
    private final double dropout;

    FftBlock(int width, int heads, int hidden, double dropout) {
        this.dropout = dropout;
        attention = new MultiHeadAttention(width, heads, AttentionOptions.DEFAULT);
        attentionNorm = new LayerNorm(width);
        wide = new Conv1d(width, hidden, KERNEL, ConvOptions.SAME);
        narrow = new Conv1d(hidden, width, 1);
        norm = new LayerNorm(width);
    }

    /**
     * @param unseen what fills rows up
     * @param real (B, T, 1): 0 there
     */
    Tensor forward(Tensor x, Mask unseen, Tensor real) {
        Tensor y = attentionNorm.forward(x.add(drop(attention.forward(x, unseen)))).mul(real);
        Tensor z = narrow.forward(wide.forward(y.transpose(1, 2)).relu()).transpose(1, 2);
        return hooked(norm.forward(y.add(drop(z))).mul(real), x);
    }

    private Tensor drop(Tensor x) { return F.dropout(x, dropout, isTraining()); }
}
