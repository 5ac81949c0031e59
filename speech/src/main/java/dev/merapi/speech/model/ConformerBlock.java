package dev.merapi.speech.model;

import dev.merapi.nn.BatchNorm1d;
import dev.merapi.nn.Conv1d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.Tensor;

/** Half a feed-forward net, attention, convolution, the other half, a norm; each but the last beside a shortcut. */
final class ConformerBlock extends Layer {
    private static final int WIDER = 4; // inside the feed-forward nets

    final LayerNorm firstNorm;
    final Linear firstIn;
    final Linear firstOut;
    final LayerNorm attentionNorm;
    final RelativeAttention attention;
    final LayerNorm convNorm;
    final Conv1d pointwiseIn;
    final Conv1d depthwise;
    final BatchNorm1d batchNorm;
    final Conv1d pointwiseOut;
    final LayerNorm secondNorm;
    final Linear secondIn;
    final Linear secondOut;
    final LayerNorm norm;
    final Dropout dropout;

    ConformerBlock(int width, int heads, int kernel, double dropout) {
        firstNorm = new LayerNorm(width);
        firstIn = new Linear(width, WIDER * width);
        firstOut = new Linear(WIDER * width, width);
        attentionNorm = new LayerNorm(width);
        attention = new RelativeAttention(width, heads);
        convNorm = new LayerNorm(width);
        pointwiseIn = new Conv1d(width, 2 * width, 1);
        depthwise = new Conv1d(width, width, kernel, ConvOptions.DEFAULT.padding(kernel / 2).groups(width));
        batchNorm = new BatchNorm1d(width);
        pointwiseOut = new Conv1d(width, width, 1);
        secondNorm = new LayerNorm(width);
        secondIn = new Linear(width, WIDER * width);
        secondOut = new Linear(WIDER * width, width);
        norm = new LayerNorm(width);
        this.dropout = new Dropout(dropout);
    }

    /** x (B, T, E), lengths (B) to (B, T, E). */
    Tensor forward(Tensor x, Tensor lengths) {
        Tensor y = x.add(feedForward(firstNorm.forward(x), firstIn, firstOut).mul(0.5));
        y = y.add(dropout.forward(attention.forward(attentionNorm.forward(y), lengths)));
        y = y.add(convolve(convNorm.forward(y), lengths));
        y = y.add(feedForward(secondNorm.forward(y), secondIn, secondOut).mul(0.5));
        return norm.forward(y);
    }

    private Tensor feedForward(Tensor x, Linear in, Linear out) {
        return dropout.forward(out.forward(dropout.forward(swish(in.forward(x)))));
    }

    private Tensor convolve(Tensor x, Tensor lengths) {
        var halves = pointwiseIn.forward(x.transpose(1, 2)).chunk(2, 1); // (B, E, T) each
        Tensor gated = halves.get(0).mul(halves.get(1).sigmoid()).mul(SpeechBatch.within(lengths, x.size(1)));
        Tensor y = swish(batchNorm.forward(depthwise.forward(gated)));
        return dropout.forward(pointwiseOut.forward(y).transpose(1, 2));
    }

    private static Tensor swish(Tensor x) { return x.mul(x.sigmoid()); }
}
