package dev.merapi.speech.whisper;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Unary;
import dev.merapi.speech.layer.ProjectedAttention;
import dev.merapi.tensor.Tensor;

/** Self-attention and a feed-forward net, norms first. Shapes: x (B, S, E) to the same. */
final class EncoderBlock extends Layer implements Unary {
    final ProjectedAttention selfAttn;
    Unary selfAttnLayerNorm;
    Unary fc1;
    Unary fc2;
    Unary finalLayerNorm;
    private final double dropout;

    EncoderBlock(int width, int heads, int hidden, double dropout) {
        this.dropout = dropout;
        selfAttn = new ProjectedAttention(width, heads, false);
        selfAttnLayerNorm = new LayerNorm(width);
        fc1 = new Linear(width, hidden);
        fc2 = new Linear(hidden, width);
        finalLayerNorm = new LayerNorm(width);
    }

    @Override public Tensor forward(Tensor x) {
        Tensor normed = selfAttnLayerNorm.forward(x);
        Tensor y = x.add(drop(selfAttn.forward(normed, selfAttn.keysValues(normed), Mask.NONE)));
        return hooked(y.add(drop(fc2.forward(F.gelu(fc1.forward(finalLayerNorm.forward(y)))))), x);
    }

    private Tensor drop(Tensor x) { return F.dropout(x, dropout, isTraining()); }
}
