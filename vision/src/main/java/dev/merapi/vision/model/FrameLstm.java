package dev.merapi.vision.model;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Lstm;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;

/**
 * Looks at each picture of a clip by a network for images, and reads the vectors in order by an LSTM (Donahue et al.
 * 2015, "Long-term Recurrent Convolutional Networks", arXiv:1411.4389). RGB clips (N, 3, T, H, W) to logits
 * (N, classes).
 */
public final class FrameLstm extends Layer implements Unary {
    final Backbone backbone;
    final Lstm lstm;
    Unary fc;

    /**
     * @param backbone whose classifier is taken away; the rest belongs to this layer from now on
     * @param hidden width of the LSTM
     */
    public FrameLstm(Backbone backbone, int hidden, int classes) {
        backbone.removeHead();
        this.backbone = backbone;
        lstm = new Lstm(backbone.width(), hidden);
        fc = new Linear(hidden, classes);
    }

    @Override public Tensor forward(Tensor x) {
        long clips = x.size(0), frames = x.size(2);
        Tensor pictures = x.transpose(1, 2).flatten(0, 1); // (N · T, 3, H, W)
        Tensor vectors = backbone.embed(pictures).unflatten(0, clips, frames);
        return hooked(fc.forward(lstm.forward(vectors).y().select(1, -1)), x);
    }
}
