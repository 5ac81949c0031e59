package dev.merapi.bench.raw;

import dev.merapi.bench.Step;
import dev.merapi.bench.Workload;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * ResNet-18 (He et al. 2015, arXiv:1512.03385) with the stem for 32x32 images.
 * Shapes: x (B, 3, 32, 32) to logits (B, 10).
 */
final class ResNet18 {
    private static final long[] ONE = {1, 1};
    private static final TensorOptional NO_BIAS = new TensorOptional();

    private final Params params = new Params();
    private final ConvNorm stem = new ConvNorm(3, 64, 3, 1);
    private final List<Block> blocks = new ArrayList<>();
    private final Tensor out;
    private final TensorOptional outBias;

    private ResNet18() {
        int in = 64;
        for (int width : new int[] {64, 128, 256, 512}) {
            blocks.add(new Block(in, width, width == in ? 1 : 2));
            blocks.add(new Block(width, width, 1));
            in = width;
        }
        out = params.weight(Training.CLASSES, in);
        outBias = params.vector(0, Training.CLASSES);
    }

    static Step training() {
        var net = new ResNet18();
        var batches = Training.images(Workload.RESNET18.items());
        return new Training(net::forward, new FusedAdam(net.params.all()), batches);
    }

    private Tensor forward(Tensor x) {
        Tensor h = stem.forward(x).relu_();
        for (Block block : blocks) h = block.forward(h);
        return torch.linear(torch.adaptive_avg_pool2d(h, 1, 1).flatten(1, -1), out, outBias);
    }

    /** A convolution without bias, then batch normalisation. */
    private final class ConvNorm {
        private final Tensor weight;
        private final TensorOptional gamma;
        private final TensorOptional beta;
        private final TensorOptional mean;
        private final TensorOptional variance;
        private final long[] stride;
        private final long[] padding;

        ConvNorm(long in, long out, int kernel, int stride) {
            this.weight = params.weight(out, in, kernel, kernel);
            this.gamma = params.vector(1, out);
            this.beta = params.vector(0, out);
            this.mean = new TensorOptional(torch.zeros(out));
            this.variance = new TensorOptional(torch.full(new long[] {out}, new Scalar(1.0)));
            this.stride = new long[] {stride, stride};
            this.padding = new long[] {kernel / 2, kernel / 2};
        }

        Tensor forward(Tensor x) {
            Tensor h = torch.conv2d(x, weight, NO_BIAS, stride, padding, ONE, 1);
            return torch.batch_norm(h, gamma, beta, mean, variance, true, 0.1, 1e-5, false);
        }
    }

    /** Two convolutions and a way around them, which is a 1x1 convolution where the shape changes. */
    private final class Block {
        private final ConvNorm first;
        private final ConvNorm second;
        private final ConvNorm shortcut;                      // or null

        Block(long in, long out, int stride) {
            this.first = new ConvNorm(in, out, 3, stride);
            this.second = new ConvNorm(out, out, 3, 1);
            this.shortcut = stride == 1 ? null : new ConvNorm(in, out, 1, stride);
        }

        Tensor forward(Tensor x) {
            Tensor around = shortcut == null ? x : shortcut.forward(x);
            return second.forward(first.forward(x).relu_()).add_(around).relu_();
        }
    }
}
