package dev.merapi.loss;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/**
 * Teaches vectors to lie at their class's direction, by a classifier whose right answer is made harder: the angle
 * between both counts as {@code margin} more than it is (Deng et al. 2019, "ArcFace: Additive Angular Margin Loss for
 * Deep Face Recognition", arXiv:1801.07698). The directions are learnt with the model, and of no use afterwards.
 *
 * <p>Shapes: vectors (N, width) of length 1, class ids (N), to logits (N, classes).
 */
public final class ArcFace extends Layer {
    private static final double SHORTEST = 1e-12; // sin² θ: its root has no slope at 0

    final Param weight; // (classes, width)
    private final double margin;
    private final double scale;

    /**
     * @param margin m, added to the angle, in radians: from 0 to π/2; the paper's is 0.5 for hundreds of pictures of a
     *     face
     * @param scale s, of the logits: the paper's is 64
     */
    public ArcFace(int width, int classes, double margin, double scale) {
        Expect.atLeast("ArcFace.classes", 2, classes);
        Expect.that(margin >= 0 && margin < Math.PI / 2, "ArcFace.margin", "from 0 to below π/2", margin);
        Expect.positive("ArcFace.scale", scale);
        this.margin = margin;
        this.scale = scale;
        weight = param(Init.normal(0, 0.01), classes, width);
    }

    /** s·cos(θ + m) for the right class, s·cos θ for the others. */
    public Tensor forward(Tensor vectors, Tensor labels) {
        var cosines = vectors.matmul(F.normalize(weight, 1).transpose(0, 1)); // (N, classes)
        var sines = cosines.square().rsub(1).clamp(SHORTEST, null).sqrt();
        var further = cosines.mul(Math.cos(margin)).sub(sines.mul(Math.sin(margin))); // cos(θ + m)
        // from θ + m = π on, where cos would rise again, a line goes on falling
        var line = cosines.sub(margin * Math.sin(margin));
        var harder = cosines.gt(-Math.cos(margin)).where(further, line);
        var right = labels.oneHot(weight.size(0)).gt(0);
        return right.where(harder, cosines).mul(scale);
    }

    /** The cross-entropy of {@link #forward}, averaged. */
    public Tensor loss(Tensor vectors, Tensor labels) {
        return new CrossEntropy().forward(forward(vectors, labels), labels);
    }
}
