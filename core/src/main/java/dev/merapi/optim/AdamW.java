package dev.merapi.optim;

import dev.merapi.nn.Layer;
import java.util.List;

/**
 * {@link Adam} with decoupled weight decay (Loshchilov and Hutter 2019): each step first shrinks the parameters by the
 * factor 1 − η λ, and the gradient stays clean. As {@code torch.optim.AdamW}, λ being 0.01 unless given. A sparse
 * gradient is taken as Adam does, in a group {@link ParamGroup#decay(double) without decay}.
 */
public final class AdamW extends AbstractOptimizer {
    /** Adam's, with a weight decay of 0.01. */
    public static final Adam.Options DEFAULT = Adam.Options.DEFAULT.weightDecay(0.01);

    private final Adam.Options options;

    /** For all parameters of a layer, with a weight decay of 0.01. */
    public AdamW(Layer layer, double learningRate) { this(layer, learningRate, DEFAULT); }

    /** For all parameters of a layer. */
    public AdamW(Layer layer, double learningRate, double weightDecay) {
        this(layer, learningRate, DEFAULT.weightDecay(weightDecay));
    }

    /** For all parameters of a layer. */
    public AdamW(Layer layer, double learningRate, Adam.Options options) {
        this(List.of(ParamGroup.of(layer)), learningRate, options);
    }

    /** With a weight decay of 0.01. */
    public AdamW(List<ParamGroup> groups, double learningRate) { this(groups, learningRate, DEFAULT); }

    /** @throws IllegalArgumentException without parameters, or for a parameter in two groups */
    public AdamW(List<ParamGroup> groups, double learningRate, Adam.Options options) {
        super(groups, learningRate);
        this.options = options;
    }

    @Override protected List<String> slots() { return Adam.slots(options); }

    @Override protected boolean takesSparse(ParamGroup group) { return Adam.takesSparse(options, group); }

    @Override protected void update(Bucket b) { Adam.update("_fused_adamw_", b, options); }
}
