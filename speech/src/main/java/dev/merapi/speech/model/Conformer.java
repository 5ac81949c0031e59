package dev.merapi.speech.model;

import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The Conformer (Gulati et al. 2020, arXiv:2005.08100), trained by CTC: two convolutions shorten time to a quarter,
 * then blocks of attention and convolution.
 *
 * <p>B batch, F features, T frames, E width.
 */
public final class Conformer extends CtcModel {
    private static final int STRIDE = 2;

    /**
     * Sizes.
     *
     * @param features of a frame
     * @param classes symbols and the blank
     * @param width of the blocks
     * @param heads of attention
     * @param layers blocks
     * @param kernel frames that a block's convolution sees, odd
     * @param dropout everywhere
     */
    public record Config(int features, int classes, int width, int heads, int layers, int kernel, double dropout) {
        /** @throws IllegalArgumentException for what cannot be */
        public Config {
            Expect.atLeast("Conformer.features", 4, features);
            Expect.atLeast("Conformer.classes", 2, classes);
            Expect.that(heads >= 1 && width >= heads && width % heads == 0, "Conformer.heads",
                    "heads that divide the width " + width, heads);
            Expect.atLeast("Conformer.layers", 1, layers);
            Expect.that(kernel >= 1 && kernel % 2 == 1, "Conformer.kernel", "an odd number", kernel);
            Expect.fraction("Conformer.dropout", dropout);
        }

        /** The paper's S: 16 blocks of 144. */
        public static Config paper(int features, int classes) {
            return new Config(features, classes, 144, 4, 16, 31, 0.1);
        }

        /** For an hour of speech and a few processor cores. */
        public static Config small(int features, int classes) {
            return new Config(features, classes, 144, 4, 4, 15, 0.1);
        }
    }

    final Conv2d conv1;
    final Conv2d conv2;
    final Linear in;
    final List<ConformerBlock> blocks = new ArrayList<>();
    final Linear head;
    final Dropout dropout;
    private final Config config;

    /** With weights at random. */
    public Conformer(Config config) {
        this.config = config;
        int channels = Math.max(8, config.width() / 4);
        var options = ConvOptions.DEFAULT.stride(STRIDE).padding(1);
        conv1 = new Conv2d(1, channels, 3, options);
        conv2 = new Conv2d(channels, channels, 3, options);
        in = new Linear(channels * Math.ceilDiv(Math.ceilDiv(config.features(), STRIDE), STRIDE), config.width());
        for (int i = 0; i < config.layers(); i++) {
            blocks.add(new ConformerBlock(config.width(), config.heads(), config.kernel(), config.dropout()));
        }
        head = new Linear(config.width(), config.classes());
        dropout = new Dropout(config.dropout());
    }

    @Override public int features() { return config.features(); }

    @Override public long frames(long in) { return Shrinking.frames(Shrinking.frames(in, STRIDE), STRIDE); }

    @Override public Output forward(Tensor x, Tensor lengths) {
        Expect.that(x.rank() == 3 && x.size(1) == config.features(), "Conformer", "features (B, "
                + config.features() + ", T)", x.describe());
        Tensor n = Shrinking.lengths(lengths, STRIDE);
        Tensor y = cut(conv1.forward(x.unsqueeze(1)).relu(), n);
        n = Shrinking.lengths(n, STRIDE);
        y = cut(conv2.forward(y).relu(), n); // (B, C, F / 4, T / 4)
        y = dropout.forward(in.forward(y.permute(0, 3, 1, 2).flatten(2, 3))); // (B, T / 4, E)
        for (var block : blocks) y = block.forward(y, n);
        return new Output(head.forward(y), n);
    }

    private static Tensor cut(Tensor y, Tensor lengths) {
        return y.mul(SpeechBatch.within(lengths, y.size(3)).unsqueeze(1));
    }
}
