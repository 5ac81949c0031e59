package dev.merapi.speech.whisper;

import dev.merapi.nn.F;
import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Unary;
import dev.merapi.speech.layer.ProjectedAttention;
import dev.merapi.tensor.Tensor;
import java.util.function.UnaryOperator;

/** Self-attention, attention to the sound and a feed-forward net, norms first. Shapes: x (B, T, E) to the same. */
final class DecoderBlock extends Layer {
    final ProjectedAttention selfAttn;
    Unary selfAttnLayerNorm;
    final ProjectedAttention encoderAttn;
    Unary encoderAttnLayerNorm;
    Unary fc1;
    Unary fc2;
    Unary finalLayerNorm;
    private final double dropout;

    DecoderBlock(int width, int heads, int hidden, double dropout) {
        this.dropout = dropout;
        selfAttn = new ProjectedAttention(width, heads, false);
        selfAttnLayerNorm = new LayerNorm(width);
        encoderAttn = new ProjectedAttention(width, heads, false);
        encoderAttnLayerNorm = new LayerNorm(width);
        fc1 = new Linear(width, hidden);
        fc2 = new Linear(hidden, width);
        finalLayerNorm = new LayerNorm(width);
    }

    /**
     * @param remember gets the keys and values of x, and returns those of all that x may see
     * @param sound keys and values of what the encoder heard
     */
    Tensor forward(Tensor x, UnaryOperator<KeysValues> remember, Mask self, KeysValues sound) {
        Tensor normed = selfAttnLayerNorm.forward(x);
        var seen = remember.apply(selfAttn.keysValues(normed));
        Tensor y = x.add(drop(selfAttn.forward(normed, seen, self)));
        Tensor z = y.add(drop(encoderAttn.forward(encoderAttnLayerNorm.forward(y), sound, Mask.NONE)));
        return hooked(z.add(drop(fc2.forward(F.gelu(fc1.forward(finalLayerNorm.forward(z)))))), x);
    }

    private Tensor drop(Tensor x) { return F.dropout(x, dropout, isTraining()); }
}
