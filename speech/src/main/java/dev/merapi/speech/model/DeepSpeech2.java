package dev.merapi.speech.model;

import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv1d;
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
 * Deep Speech 2 (Amodei et al. 2015, arXiv:1512.02595): two convolutions over frequency and time, GRUs with batch norm
 * between them, a product to the symbols of each frame. The GRUs read both ways; or forwards alone, below a row
 * convolution that looks a few frames ahead (section 3.7 there), and then {@link #stream} hears sound as it comes.
 *
 * <p>B batch, F features, T frames, C channels, H hidden, D = 2 H, or H where the GRUs read forwards alone.
 */
public final class DeepSpeech2 extends CtcModel {
    static final int KERNEL = 11;
    static final int MARGIN = KERNEL / 2; // frames around a recording, of 0
    private static final double MOST = 20; // where the rectifiers end
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
     * @param lookahead frames behind the convolutions that the row convolution looks ahead; 0 for GRUs that read both
     *     ways, and none
     */
    public record Config(int features, int classes, int channels, int hidden, int layers, List<Integer> strides,
            double dropout, int lookahead) {
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
            Expect.atLeast("DeepSpeech2.lookahead", 0, lookahead);
        }

        /** The paper's: 32 channels, 5 layers of 800, time halved. */
        public static Config paper(int features, int classes) {
            return new Config(features, classes, 32, 800, 5, List.of(2, 1), 0.1, 0);
        }

        /** For an hour of speech and a few processor cores: 2 layers of 192, time shortened to a third. */
        public static Config small(int features, int classes) {
            return new Config(features, classes, 16, 192, 2, List.of(3, 1), 0.2, 0);
        }
    }

    final Conv2d conv1;
    final BatchNorm2d norm1;
    final Conv2d conv2;
    final BatchNorm2d norm2;
    final List<Gru> rnns = new ArrayList<>();
    final List<BatchNorm1d> norms = new ArrayList<>(); // before all but the first
    final Conv1d row; // or null
    final Dropout dropout;
    final Linear head;
    private final Config config;

    /** With weights at random. */
    public DeepSpeech2(Config config) {
        this.config = config;
        int channels = config.channels();
        conv1 = new Conv2d(1, channels, KERNEL, overBands(config.strides().get(0)));
        norm1 = new BatchNorm2d(channels);
        conv2 = new Conv2d(channels, channels, KERNEL, overBands(config.strides().get(1)));
        norm2 = new BatchNorm2d(channels);
        int width = channels * Math.ceilDiv(Math.ceilDiv(config.features(), BANDS_STRIDE), BANDS_STRIDE);
        for (int i = 0; i < config.layers(); i++) {
            if (i > 0) norms.add(new BatchNorm1d(width));
            boolean both = config.lookahead() == 0;
            rnns.add(new Gru(width, config.hidden(), RnnOptions.DEFAULT.bidirectional(both)));
            width = (both ? 2 : 1) * config.hidden();
        }
        row = config.lookahead() == 0 ? null
                : new Conv1d(width, width, config.lookahead() + 1, ConvOptions.DEFAULT.groups(width).noBias());
        dropout = new Dropout(config.dropout());
        head = new Linear(width, config.classes());
    }

    @Override public int features() { return config.features(); }

    @Override public long frames(long in) {
        return Shrinking.frames(Shrinking.frames(in, config.strides().get(0)), config.strides().get(1));
    }

    /** Its sizes. */
    public Config config() { return config; }

    private static ConvOptions overBands(int stride) { // frames are put around by forward, and by a stream
        return ConvOptions.DEFAULT.stride(BANDS_STRIDE, stride).padding(MARGIN, 0).noBias();
    }

    @Override public Output forward(Tensor x, Tensor lengths) {
        Expect.that(x.rank() == 3 && x.size(1) == config.features(), "DeepSpeech2", "features (B, "
                + config.features() + ", T)", x.describe());
        Tensor n = Shrinking.lengths(lengths, config.strides().get(0));
        Tensor y = cut(first(x.unsqueeze(1).pad(0, MARGIN, MARGIN)), n); // (B, C, F / 2, T')
        n = Shrinking.lengths(n, config.strides().get(1));
        y = columns(cut(second(y.pad(0, MARGIN, MARGIN)), n)); // (B, T'', C · F / 4)
        for (int i = 0; i < rnns.size(); i++) y = rnns.get(i).forward(recurrent(i, y), null, n).y(); // (B, T'', D)
        if (row != null) y = ahead(y.transpose(1, 2).pad(0, 0, config.lookahead()));
        return new Output(scores(y), n);
    }

    /** Hears a recording from its beginning, piece by piece, in evaluation. */
    public SpeechStream stream() {
        Expect.that(row != null, "DeepSpeech2.stream", "a lookahead from 1", "0: this network reads backwards too, so"
                + " that it has to hear the end first");
        return new SpeechStream(this);
    }

    // The parts of forward, which a stream calls one by one.

    Tensor first(Tensor x) { return norm1.forward(conv1.forward(x)).clamp(0, MOST); }

    Tensor second(Tensor y) { return norm2.forward(conv2.forward(y)).clamp(0, MOST); }

    /** (B, C, F, T) to (B, T, C · F). */
    static Tensor columns(Tensor y) { return y.permute(0, 3, 1, 2).flatten(2, 3); }

    /** What the i-th recurrent layer reads, (B, T, D). */
    Tensor recurrent(int i, Tensor y) {
        Tensor normed = i == 0 ? y : norms.get(i - 1).forward(y.transpose(1, 2)).transpose(1, 2);
        return dropout.forward(normed);
    }

    /** The row convolution: (B, D, T + lookahead) to (B, T, D). */
    Tensor ahead(Tensor y) { return row.forward(y).transpose(1, 2); }

    Tensor scores(Tensor y) { return head.forward(dropout.forward(y)); }

    /** Nothing behind the end of a recording, as if it were alone. */
    private static Tensor cut(Tensor y, Tensor lengths) {
        return y.mul(SpeechBatch.within(lengths, y.size(3)).unsqueeze(1));
    }
}
