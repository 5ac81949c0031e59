package dev.merapi.speech.speaker;

import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.Conv1d;
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
import java.util.List;

/**
 * A vector for the voice in a clip (Desplanques et al. 2020, "ECAPA-TDNN: Emphasized Channel Attention, Propagation and
 * Aggregation in TDNN Based Speaker Verification", <a href="https://arxiv.org/abs/2005.07143">arXiv:2005.07143</a>).
 * Shapes: x (N, bands, T), whose bands are brought to mean 0 over time, to vectors (N, width) of length 1.
 */
public final class EcapaTdnn extends Layer implements Unary {
    private static final double LEAST = 1e-6; // variance: its root has no slope at 0
    private static final int BOTTLENECK = 128;

    final Sequential first;
    final List<SeRes2Block> blocks = new ArrayList<>();
    final Sequential join;
    final Sequential attention;
    Unary pooledNorm;
    Unary embedding;
    Unary norm;
    private final int width;

    /**
     * With new weights.
     *
     * @param channels a multiple of 8; 512 or 1024 in the paper
     * @param width of the vectors; 192 there
     */
    public EcapaTdnn(int bands, int channels, int width) {
        Expect.atLeast("EcapaTdnn.width", 2, width);
        this.width = width;
        first = convolved(bands, channels, 5, 1);
        int bottleneck = Math.min(BOTTLENECK, channels);
        for (int dilation = 2; dilation <= 4; dilation++) blocks.add(new SeRes2Block(channels, dilation, bottleneck));
        int joined = 3 * channels;
        join = new Sequential(new Conv1d(joined, joined, 1), new Relu());
        attention = new Sequential(new Conv1d(3 * joined, bottleneck, 1), new Relu(), new BatchNorm1d(bottleneck),
                Tensor::tanh, new Conv1d(bottleneck, joined, 1));
        pooledNorm = new BatchNorm1d(2 * joined);
        embedding = new Linear(2 * joined, width);
        norm = new BatchNorm1d(width);
    }

    static Sequential convolved(int in, int out, int kernel, int dilation) {
        return new Sequential(new Conv1d(in, out, kernel, ConvOptions.SAME.dilation(dilation)), new Relu(),
                new BatchNorm1d(out));
    }

    /** Length of a vector. */
    public int width() { return width; }

    @Override public Tensor forward(Tensor x) {
        Tensor y = first.forward(x.sub(x.mean(new long[] {2}, true)));
        var all = new ArrayList<Tensor>();
        Tensor sum = y;
        for (var block : blocks) { // each sees the sum of all before it
            all.add(block.forward(sum));
            sum = sum.add(all.getLast());
        }
        Tensor heard = join.forward(Tensor.cat(all, 1)); // (N, 3C, T)
        return hooked(F.normalize(norm.forward(embedding.forward(pooledNorm.forward(pooled(heard)))), 1), x);
    }

    /** Mean and deviation over time, weighed by an attention that knows both of the whole clip: (N, 6C). */
    private Tensor pooled(Tensor h) {
        Tensor mean = h.mean(new long[] {2}, true);
        Tensor deviation = h.sub(mean).square().mean(new long[] {2}, true).clamp(LEAST, null).sqrt();
        Tensor context = Tensor.cat(List.of(h, mean.expandAs(h), deviation.expandAs(h)), 1);
        Tensor weights = attention.forward(context).softmax(2);
        Tensor centre = h.mul(weights).sum(2);
        Tensor spread = h.square().mul(weights).sum(2).sub(centre.square()).clamp(LEAST, null).sqrt();
        return Tensor.cat(List.of(centre, spread), 1);
    }
}
