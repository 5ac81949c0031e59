package dev.merapi.speech.model;

import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Gru;
import dev.merapi.nn.Linear;
import dev.merapi.nn.RnnOptions;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Deep Speech 2 (Amodei et al. 2015, arXiv:1512.02595): two convolutions over frequency and time, bidirectional GRUs
 * with batch norm between them, a product to the symbols of each frame.
 *
 * <p>B batch, F features, T frames, C channels, H hidden.
 */
public final class DeepSpeech2 extends CtcModel {
    private static final int KERNEL = 11;
    private static final int BANDS_STRIDE = 2; // of each convolution

    /**
     * Sizes.
     *
     * @param features of a frame
     * @param classes symbols and the blank
     * @param channels of the convolutions
     * @param hidden of each direction
     * @param layers recurrent ones
     * @param strides by which the two convolutions shorten time
     * @param dropout before each recurrent layer and at the end
     */
    public record Config(int features, int classes, int channels, int hidden, int layers, List<Integer> strides,
            double dropout) {
        /** @throws IllegalArgumentException for what cannot be */
        public Config {
            strides = List.copyOf(strides);
            Expect.atLeast("DeepSpeech2.features", 1, features);
            Expect.atLeast("DeepSpeech2.classes", 2, classes);
            Expect.atLeast("DeepSpeech2.channels", 1, channels);
            Expect.atLeast("DeepSpeech2.hidden", 1, hidden);
            Expect.atLeast("DeepSpeech2.layers", 1, layers);
            Expect.that(strides.size() == 2 && strides.stream().allMatch(s -> s >= 1), "DeepSpeech2.strides",
                    "two strides from 1", strides);
            Expect.fraction("DeepSpeech2.dropout", dropout);
        }

        /** The paper's: 32 channels, 5 layers of 800, time halved. */
        public static Config paper(int features, int classes) {
            return new Config(features, classes, 32, 800, 5, List.of(2, 1), 0.1);
        }

        /** For an hour of speech and a few processor cores: 2 layers of 192, time shortened to a third. */
        public static Config small(int features, int classes) {
            return new Config(features, classes, 16, 192, 2, List.of(3, 1), 0.2);
        }
    }

    final Conv2d conv1;
    final BatchNorm2d norm1;
    final Conv2d conv2;
    final BatchNorm2d norm2;
    final List<Gru> rnns = new ArrayList<>();
    final List<BatchNorm1d> norms = new ArrayList<>(); // before all but the first
    final Dropout dropout;
    final Linear head;
    private final Config config;

    /** With weights at random. */
    public DeepSpeech2(Config config) {
        this.config = config;
        int channels = config.channels();
        conv1 = new Conv2d(1, channels, KERNEL, ConvOptions.DEFAULT.stride(BANDS_STRIDE, config.strides().get(0))
                .padding(KERNEL / 2).noBias());
        norm1 = new BatchNorm2d(channels);
        conv2 = new Conv2d(channels, channels, KERNEL, ConvOptions.DEFAULT
                .stride(BANDS_STRIDE, config.strides().get(1)).padding(KERNEL / 2).noBias());
        norm2 = new BatchNorm2d(channels);
        int width = channels * Math.ceilDiv(Math.ceilDiv(config.features(), BANDS_STRIDE), BANDS_STRIDE);
        for (int i = 0; i < config.layers(); i++) {
            if (i > 0) norms.add(new BatchNorm1d(width));
            rnns.add(new Gru(width, config.hidden(), RnnOptions.DEFAULT.bidirectional(true)));
            width = 2 * config.hidden();
        }
        dropout = new Dropout(config.dropout());
        head = new Linear(width, config.classes());
    }

    @Override public int features() { return config.features(); }

    @Override public long frames(long in) {
        return Shrinking.frames(Shrinking.frames(in, config.strides().get(0)), config.strides().get(1));
    }

    @Override public Output forward(Tensor x, Tensor lengths) {
        Expect.that(x.rank() == 3 && x.size(1) == config.features(), "DeepSpeech2", "features (B, "
                + config.features() + ", T)", x.describe());
        Tensor n = Shrinking.lengths(lengths, config.strides().get(0));
        Tensor y = cut(norm1.forward(conv1.forward(x.unsqueeze(1))), n); // (B, C, F / 2, T')
        n = Shrinking.lengths(n, config.strides().get(1));
        y = cut(norm2.forward(conv2.forward(y)), n); // (B, C, F / 4, T'')
        y = y.permute(0, 3, 1, 2).flatten(2, 3); // (B, T'', C · F / 4)
        for (int i = 0; i < rnns.size(); i++) {
            if (i > 0) y = norms.get(i - 1).forward(y.transpose(1, 2)).transpose(1, 2);
            y = rnns.get(i).forward(dropout.forward(y), null, n).y(); // (B, T'', 2 H)
        }
        return new Output(head.forward(dropout.forward(y)), n);
    }

    /** A rectifier that ends at 20, and nothing behind the end of a recording, as if it were alone. */
    private static Tensor cut(Tensor y, Tensor lengths) {
        return y.clamp(0, 20).mul(SpeechBatch.within(lengths, y.size(3)).unsqueeze(1));
    }
}
