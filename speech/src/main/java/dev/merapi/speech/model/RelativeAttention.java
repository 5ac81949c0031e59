package dev.merapi.speech.model;

import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Self-attention that knows how far frames are apart (Dai et al. 2019, Transformer-XL, arXiv:1901.02860): the score of
 * key j for query i is (q + u) · k + (q + v) · p(i − j), p being a projection of sines of the distance.
 *
 * <p>B batch, T frames, E width, H heads, D = E / H.
 */
final class RelativeAttention extends Layer {
    final Linear query;
    final Linear key;
    final Linear value;
    final Linear position;
    final Linear out;
    final Param contentBias; // (H, 1, D)
    final Param positionBias; // (H, 1, D)
    private final int heads;

    RelativeAttention(int width, int heads) {
        this.heads = heads;
        query = new Linear(width, width);
        key = new Linear(width, width);
        value = new Linear(width, width);
        position = new Linear(width, width, false);
        out = new Linear(width, width);
        contentBias = param(Init.xavierUniform(), heads, 1, width / heads);
        positionBias = param(Init.xavierUniform(), heads, 1, width / heads);
    }

    /** x (B, T, E), lengths (B) to (B, T, E). */
    Tensor forward(Tensor x, Tensor lengths) {
        long frames = x.size(1), width = x.size(2);
        Tensor q = intoHeads(query.forward(x)), k = intoHeads(key.forward(x)), v = intoHeads(value.forward(x));
        Tensor p = intoHeads(position.forward(sines(x, frames, width)).unsqueeze(0)); // (1, H, 2T - 1, D)
        Tensor content = q.add(contentBias).matmul(k.mT()); // (B, H, T, T)
        Tensor distance = shifted(q.add(positionBias).matmul(p.mT()), frames);
        Tensor scores = content.add(distance).div(Math.sqrt((double) width / heads));
        Tensor behind = lengths.newArange(frames).unsqueeze(0).ge(lengths.unsqueeze(1)).unsqueeze(1).unsqueeze(1);
        Tensor weights = scores.maskedFill(behind, Double.NEGATIVE_INFINITY).softmax(-1);
        return out.forward(weights.matmul(v).transpose(1, 2).flatten(2, 3));
    }

    private Tensor intoHeads(Tensor x) { return x.unflatten(2, heads, x.size(2) / heads).transpose(1, 2); }

    /** Sines and cosines of the distances T − 1 down to 1 − T: (2T − 1, E). */
    private static Tensor sines(Tensor like, long frames, long width) {
        Tensor distances = Tensor.arange(frames - 1, -frames, -1).to(like.dtype()).unsqueeze(1);
        Tensor rates = Tensor.arange(0, width, 2).to(like.dtype()).mul(-Math.log(10_000) / width).exp();
        Tensor angles = distances.mul(rates); // (2T - 1, E / 2)
        return Tensor.cat(List.of(angles.sin(), angles.cos()), 1).narrow(1, 0, width).to(like.device());
    }

    /** Scores by distance (B, H, T, 2T − 1) as scores by key (B, H, T, T): row i moves by i to the left. */
    static Tensor shifted(Tensor scores, long frames) {
        Tensor padded = scores.pad(0, 1, 0); // (B, H, T, 2T)
        Tensor moved = padded.reshape(scores.size(0), scores.size(1), 2 * frames, frames).narrow(2, 1, 2 * frames - 1)
                .reshape(scores.size(0), scores.size(1), frames, 2 * frames - 1);
        return moved.narrow(3, 0, frames);
    }
}
