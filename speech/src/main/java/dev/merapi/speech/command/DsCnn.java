package dev.merapi.speech.command;

import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;

/**
 * Depthwise separable convolutions over a spectrogram: small enough for a microcontroller (Zhang et al. 2017, "Hello
 * Edge: Keyword Spotting on Microcontrollers", <a href="https://arxiv.org/abs/1711.07128">arXiv:1711.07128</a>).
 * Shapes: x (N, bands, T) to logits (N, classes).
 */
public final class DsCnn extends Layer implements Unary {
    /**
     * Sizes.
     *
     * @param channels of every layer: 64, 172 and 276 in the paper's S, M and L
     * @param blocks separable convolutions: 4, 4 and 5 there
     */
    public record Config(int channels, int blocks) {
        /** The paper's smallest. */
        public static final Config S = new Config(64, 4);
        /** The paper's middle one. */
        public static final Config M = new Config(172, 4);

        public Config {
            Expect.atLeast("DsCnn.channels", 1, channels);
            Expect.atLeast("DsCnn.blocks", 1, blocks);
        }
    }

    final Sequential body;
    Unary classifier;

    /** With new weights. */
    public DsCnn(Config config, int classes) {
        int c = config.channels;
        var layers = new ArrayList<Unary>();
        // the paper's first kernel spans 10 frames and 4 coefficients, in steps of 2
        layers.add(new Conv2d(1, c, 4, 10, ConvOptions.DEFAULT.stride(2).padding(1, 4).noBias()));
        layers.add(new BatchNorm2d(c));
        layers.add(new Relu());
        for (int i = 0; i < config.blocks; i++) {
            layers.add(new Conv2d(c, c, 3, ConvOptions.SAME.groups(c).noBias()));
            layers.add(new BatchNorm2d(c));
            layers.add(new Relu());
            layers.add(new Conv2d(c, c, 1, ConvOptions.DEFAULT.noBias()));
            layers.add(new BatchNorm2d(c));
            layers.add(new Relu());
        }
        body = new Sequential(layers);
        classifier = new Linear(c, classes);
    }

    @Override public Tensor forward(Tensor x) {
        Tensor y = body.forward(x.unsqueeze(1)); // (N, C, bands / 2, T / 2)
        Tensor mean = F.dropout(y.mean(2, 3), 0.2, isTraining());
        return hooked(classifier.forward(mean), x);
    }
}
