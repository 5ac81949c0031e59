package dev.merapi.vision.segment;

import dev.merapi.loss.Loss;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * How little the areas of classes agree: 1 − (2 Σ p t + s) / (Σ p + Σ t + s), over the pixels of an image, averaged
 * over classes and images. A class of few pixels counts as much as one of many (Milletari et al. 2016, "V-Net",
 * arXiv:1606.04797).
 *
 * <p>Shapes: prediction (N, C, …), logits of which p is the softmax; target class ids (N, …), t where they are the
 * class's, and -100 where nothing is learnt.
 *
 * @param smooth s, at least 0: with it, a class that is nowhere, and is seen nowhere, is no mistake
 */
public record Dice(double smooth) implements Loss {
    private static final long IGNORED = -100;

    public Dice {
        Expect.atLeast("Dice.smooth", 0, smooth);
    }

    /** s = 1. */
    public Dice() { this(1); }

    @Override public Tensor forward(Tensor prediction, Tensor target) {
        long images = prediction.size(0), classes = prediction.size(1);
        var p = prediction.softmax(1).reshape(images, classes, -1); // (N, C, P)
        var ids = target.reshape(images, 1, -1); // (N, 1, P)
        if (ids.size(2) != p.size(2)) {
            throw Expect.error("Dice", "class ids (N, …) for logits (N, C, …)", target.describe() + " and "
                    + prediction.describe());
        }
        var counts = ids.ne(IGNORED).to(p.dtype());
        var t = ids.eq(ids.newArange(classes).reshape(1, classes, 1)).to(p.dtype()); // (N, C, P)
        var seen = p.mul(counts);
        var shared = seen.mul(t).sum(2);
        var both = seen.sum(2).add(t.sum(2));
        return shared.mul(2).add(smooth).div(both.add(smooth)).mean().rsub(1);
    }
}
