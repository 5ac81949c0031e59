package dev.merapi.bench.raw;

import dev.merapi.bench.Batches;
import dev.merapi.bench.Step;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A Transformer encoder (Vaswani et al. 2017, arXiv:1706.03762) that classifies by mean pooling.
 * Shapes: tokens (B, T) to logits (B, 10).
 */
final class Transformer {
    private static final int BATCH = 8;
    private static final int TOKENS = 128;
    private static final int VOCABULARY = 8192;
    private static final int LAYERS = 4;
    private static final int WIDTH = 256;
    private static final int HEADS = 4;
    private static final int HIDDEN = 1024;

    private final Params params = new Params();
    private final Tensor embedding = params.weight(VOCABULARY, WIDTH);
    private final Tensor position = params.weight(TOKENS, WIDTH);
    private final List<Layer> layers = Stream.generate(Layer::new).limit(LAYERS).toList();
    private final Tensor out = params.weight(Training.CLASSES, WIDTH);
    private final TensorOptional outBias = params.vector(0, Training.CLASSES);

    private Transformer() {}

    static Step training() {
        var net = new Transformer();
        return new Training(net::forward, new FusedAdam(net.params.all()), new Batches<>(
                seed -> Training.integers(seed, BATCH * TOKENS, VOCABULARY).view(BATCH, TOKENS),
                seed -> Training.integers(seed, BATCH, Training.CLASSES)));
    }

    private Tensor forward(Tensor tokens) {
        Tensor h = torch.embedding(embedding, tokens).add_(position);
        for (Layer layer : layers) h = layer.forward(h);
        return torch.linear(h.mean(1), out, outBias);
    }

    private final class Layer {
        private static final long[] NORMED = {WIDTH};
        private static final long[] ONES = {1, 1};
        private static final long[] ZEROS = {0, 0};

        private final Tensor qkv = params.weight(3 * WIDTH, WIDTH);
        private final TensorOptional qkvBias = params.vector(0, 3 * WIDTH);
        private final Tensor join = params.weight(WIDTH, WIDTH);
        private final TensorOptional joinBias = params.vector(0, WIDTH);
        private final TensorOptional gamma1 = params.vector(1, WIDTH);
        private final TensorOptional beta1 = params.vector(0, WIDTH);
        private final Tensor up = params.weight(HIDDEN, WIDTH);
        private final TensorOptional upBias = params.vector(0, HIDDEN);
        private final Tensor down = params.weight(WIDTH, HIDDEN);
        private final TensorOptional downBias = params.vector(0, WIDTH);
        private final TensorOptional gamma2 = params.vector(1, WIDTH);
        private final TensorOptional beta2 = params.vector(0, WIDTH);

        Tensor forward(Tensor x) {
            Tensor h = norm(linear(attend(x), join, joinBias).add_(x), gamma1, beta1);
            Tensor wide = torch.gelu(linear(h, up, upBias));
            return norm(linear(wide, down, downBias).add_(h), gamma2, beta2);
        }

        private Tensor attend(Tensor x) {
            Tensor h = linear(x, qkv, qkvBias)
                    .view(BATCH, TOKENS, 3, HEADS, WIDTH / HEADS).permute(2, 0, 3, 1, 4);   // (3, B, H, T, D)
            return torch.scaled_dot_product_attention(h.select(0, 0), h.select(0, 1), h.select(0, 2))
                    .transpose(1, 2).reshape(BATCH, TOKENS, WIDTH);
        }

        /** As {@code torch.linear}, but by oneDNN: a 1 x 1 convolution, with channels last. */
        private static Tensor linear(Tensor x, Tensor weight, TensorOptional bias) {
            long in = weight.size(1);
            long out = weight.size(0);
            Tensor image = x.reshape(1, BATCH * TOKENS, 1, in).permute(0, 3, 1, 2);
            return torch.conv2d(image, weight.view(out, in, 1, 1), bias, ONES, ZEROS, ONES, 1)
                    .permute(0, 2, 3, 1).view(BATCH, TOKENS, out);
        }

        private static Tensor norm(Tensor x, TensorOptional gamma, TensorOptional beta) {
            return torch.layer_norm(x, NORMED, gamma, beta, 1e-5, true);
        }
    }
}
