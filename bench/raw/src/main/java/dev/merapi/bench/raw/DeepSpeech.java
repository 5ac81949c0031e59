package dev.merapi.bench.raw;

import dev.merapi.bench.Batches;
import dev.merapi.bench.Recordings;
import dev.merapi.bench.Step;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.PackedSequence;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Deep Speech 2 (Amodei et al. 2015, arXiv:1512.02595).
 * Shapes: features (B, 80, T) to scores (B, T / 3, 29).
 */
final class DeepSpeech implements Step {
    private static final int CHANNELS = 16;
    private static final int HIDDEN = 192;
    private static final int KERNEL = 11;
    private static final long[] PADDING = {KERNEL / 2, KERNEL / 2};
    private static final long[] ONE = {1, 1};
    private static final int TIME = 3; // frames that become one
    private static final int STEPS = Math.ceilDiv(Recordings.FRAMES, TIME);
    private static final long MEAN = 1; // at::Reduction

    private final Params params = new Params();
    private final ConvNorm first = new ConvNorm(1, 1, TIME);
    private final ConvNorm second = new ConvNorm(2, CHANNELS, 1);
    private final TensorVector gru1 = gru(0, CHANNELS * Recordings.BANDS / 4);
    private final Norm between = new Norm("norms.0", 2 * HIDDEN);
    private final TensorVector gru2 = gru(1, 2 * HIDDEN);
    private final Tensor head = params.given("head.weight", Recordings.CLASSES, 2 * HIDDEN);
    private final TensorOptional headBias = params.vector(0, Recordings.CLASSES);
    private final FusedAdam adam = new FusedAdam(params.all());

    private final long[] lengths = IntStream.range(0, Recordings.COUNT)
            .mapToLong(i -> Math.ceilDiv(Recordings.frames(i), TIME)).toArray();
    private final long[] symbols = IntStream.range(0, Recordings.COUNT).mapToLong(Recordings::symbols).toArray();
    private final Tensor steps = torch.tensor(lengths);
    private final Tensor within = torch.arange(new Scalar(STEPS)).unsqueeze(0).lt(steps.unsqueeze(1))
            .to(ScalarType.Float).view(Recordings.COUNT, 1, 1, STEPS);
    private final Tensor begin = torch.zeros(2, Recordings.COUNT, HIDDEN);
    private final Batches<Tensor, Tensor> batches = new Batches<>(
            seed -> torch.tensor(Recordings.features(seed)).view(Recordings.COUNT, 1, Recordings.BANDS,
                    Recordings.FRAMES),
            seed -> torch.tensor(Recordings.texts(seed)).to(ScalarType.Long)
                    .view(Recordings.COUNT, Recordings.SYMBOLS));

    private DeepSpeech() {}

    static Step training() { return new DeepSpeech(); }

    private TensorVector gru(int layer, int in) {
        var weights = new TensorVector();
        for (String end : new String[] {"_l0", "_l0_reverse"}) {
            String name = "rnns." + layer + ".weight_";
            weights.push_back(params.given(name + "ih" + end, 3 * HIDDEN, in));
            weights.push_back(params.given(name + "hh" + end, 3 * HIDDEN, HIDDEN));
            weights.push_back(params.vector(0, 3 * HIDDEN).get());
            weights.push_back(params.vector(0, 3 * HIDDEN).get());
        }
        return weights;
    }

    /** Batch normalisation of columns (N, C) or images (N, C, H, W). */
    private final class Norm {
        private final TensorOptional gamma;
        private final TensorOptional beta;
        private final TensorOptional mean;
        private final TensorOptional variance;

        Norm(String name, long size) {
            gamma = new TensorOptional(params.given(name + ".weight", size));
            beta = params.vector(0, size);
            mean = new TensorOptional(torch.zeros(size));
            variance = new TensorOptional(torch.full(new long[] {size}, new Scalar(1.0)));
        }

        Tensor forward(Tensor x) {
            return torch.batch_norm(x, gamma, beta, mean, variance, true, 0.1, 1e-5, false);
        }
    }

    /** A convolution that halves bands, batch normalisation, and a rectifier up to 20; 0 behind the ends. */
    private final class ConvNorm {
        private final Tensor weight;
        private final Norm norm;
        private final long[] stride;

        ConvNorm(int number, int in, int time) {
            weight = params.given("conv" + number + ".weight", CHANNELS, in, KERNEL, KERNEL);
            norm = new Norm("norm" + number, CHANNELS);
            stride = new long[] {2, time};
        }

        Tensor forward(Tensor x) {
            Tensor y = norm.forward(torch.conv2d(x, weight, new TensorOptional(), stride, PADDING, ONE, 1));
            return torch.hardtanh(y, new Scalar(0), new Scalar(20)).mul(within);
        }
    }

    /** A step computes only those recordings that are not over: they come longest first. */
    private Tensor recurrent(Tensor x, TensorVector weights) {
        var packed = torch.pack_padded_sequence(x, steps, true, true);
        Tensor y = torch.gru(packed.data(), packed.batch_sizes(), begin, weights, true, 1, 0, true, true).get0();
        return torch.pad_packed_sequence(new PackedSequence(y, packed.batch_sizes()), true, 0, new LongOptional(STEPS))
                .get0();
    }

    private Tensor forward(Tensor x) {
        Tensor y = second.forward(first.forward(x)).permute(0, 3, 1, 2).flatten(2, 3); // (B, T / 3, C · bands / 4)
        y = recurrent(y, gru1);
        y = between.forward(y.flatten(0, 1)).view(Recordings.COUNT, STEPS, 2 * HIDDEN);
        return torch.linear(recurrent(y, gru2), head, headBias);
    }

    @Override public double run() {
        batches.next();
        try (var _ = new PointerScope()) {
            Tensor logs = torch.log_softmax(forward(batches.inputs()), 2).transpose(0, 1);
            Tensor loss = torch.ctc_loss(logs, batches.labels(), lengths, symbols, 0, MEAN, true);
            loss.backward();
            adam.step();
            return loss.item_float();
        }
    }
}
