package dev.merapi.compress.prune;

import dev.merapi.nn.BatchNorm;
import dev.merapi.nn.Conv;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.GroupNorm;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.PRelu;
import dev.merapi.nn.RmsNorm;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.gpt.Projection;

/**
 * A layer that can be made again with fewer channels.
 *
 * @param in channels of its input; of {@link Role#LOOKS_UP} none
 * @param out channels of its output
 * @param groups parts of them that do not see each other
 */
record ChannelLayer(String path, Layer layer, Role role, int in, int out, int groups) {
    /** What becomes of channels. */
    enum Role {
        /** Each output channel comes of all input channels. */
        MIXES,
        /** Each comes of those of its group. */
        GROUPS,
        /** Each is its input channel's. */
        KEEPS,
        /** They come from a table. */
        LOOKS_UP
    }

    /** Null for a layer that cannot. */
    static ChannelLayer of(String path, Layer layer) {
        return switch (layer) {
            case Conv conv -> {
                int out = size(conv, 0), groups = conv.options().groups();
                yield new ChannelLayer(path, conv, groups == 1 ? Role.MIXES : Role.GROUPS,
                        size(conv, 1) * groups, out, groups);
            }
            case Linear linear -> new ChannelLayer(path, linear, Role.MIXES, size(linear, 1), size(linear, 0), 1);
            case Projection p -> new ChannelLayer(path, p, Role.MIXES, size(p, 0), size(p, 1), 1);
            case Embedding table -> new ChannelLayer(path, table, Role.LOOKS_UP, 0, size(table, 1), 1);
            case BatchNorm norm -> keeps(path, norm, norm.tensors().get("running_mean"));
            case LayerNorm norm when weight(norm) != null && weight(norm).rank() == 1 ->
                    keeps(path, norm, weight(norm));
            case RmsNorm norm -> keeps(path, norm, weight(norm));
            case GroupNorm norm -> keeps(path, norm, weight(norm));
            case PRelu relu when weight(relu).numel() > 1 -> keeps(path, relu, weight(relu));
            default -> null;
        };
    }

    private static ChannelLayer keeps(String path, Layer layer, Tensor channels) {
        int count = Math.toIntExact(channels.numel());
        return new ChannelLayer(path, layer, Role.KEEPS, count, count, 1);
    }

    private static Tensor weight(Layer layer) { return layer.params().get("weight"); }

    private static int size(Layer layer, int dim) { return Math.toIntExact(weight(layer).size(dim)); }

    /** The axis of channels in its input and output. */
    int axis(Tensor x) {
        boolean second = layer instanceof Conv || layer instanceof BatchNorm || layer instanceof GroupNorm
                || layer instanceof PRelu;
        return second ? 1 : x.rank() - 1;
    }

    /** Whether what goes in one channel would come out of all, though each has a number of its own: norms over them. */
    boolean spreads() { return layer instanceof LayerNorm || layer instanceof RmsNorm; }

    boolean makesChannels() { return role != Role.KEEPS; }

    /** The axis of its weight that output channels lie along. */
    int outAxis() { return layer instanceof Projection || layer instanceof Embedding ? 1 : 0; }
}
