package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;

/**
 * Normalises each example over groups of channels, whatever the batch: y = (x - mean) / √(var + eps) · weight
 * + bias. Shapes: x (N, C, …) to the same. Wu and He 2018, arXiv:1803.08494.
 */
public final class GroupNorm extends Layer implements Unary {
    final Param weight; // (channels)
    final Param bias; // (channels)
    private final int groups;
    private final int channels;
    private final double eps;

    /** With eps 1e-5. */
    public GroupNorm(int groups, int channels) { this(groups, channels, 1e-5); }

    /**
     * @throws IllegalArgumentException unless {@code groups} divides {@code channels}
     */
    public GroupNorm(int groups, int channels, double eps) {
        Expect.that(groups > 0 && channels % groups == 0, "GroupNorm",
                "groups that divide " + channels + " channels", groups);
        this.groups = groups;
        this.channels = channels;
        this.eps = eps;
        this.weight = param(Init.ones(), channels);
        this.bias = param(Init.zeros(), channels);
    }

    /** What is added to the variance. */
    public double eps() { return eps; }

    /** How many parts of the channels are normalised by themselves. */
    public int groups() { return groups; }

    @Override public Tensor forward(Tensor x) {
        Inputs.several(this, Inputs.channels(this, x, channels).numel() / groups, "group", x, ".");
        return hooked(F.groupNorm(x, groups, weight, bias, eps), x);
    }
}
