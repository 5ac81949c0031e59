package dev.merapi.bench.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import java.util.List;

/** The networks of {@link dev.merapi.bench.Workload}, built from DJL's blocks. */
final class Networks {
    static final int SEQUENCES = 8;
    static final int TOKENS = 128;
    static final int VOCABULARY = 8192;
    static final int WIDTH = 256;

    private Networks() {}

    static Block cifarCnn() {
        return new SequentialBlock()
                .add(conv(32, 3).build()).add(Activation::relu).add(pool())
                .add(conv(64, 3).build()).add(Activation::relu).add(pool())
                .add(Blocks.batchFlattenBlock())
                .add(linear(64)).add(Activation::relu)
                .add(linear(Djl.CLASSES));
    }

    static Block resNet18() {
        var network = new SequentialBlock().add(convNorm(64, 3, 1)).add(Activation::relu);
        int in = 64;
        for (int width : new int[] {64, 128, 256, 512}) {
            network.add(residual(width, width == in ? 1 : 2)).add(residual(width, 1));
            in = width;
        }
        return network.add(Pool.globalAvgPool2dBlock()).add(linear(Djl.CLASSES));
    }

    static Block transformer() {
        var network = new SequentialBlock().add(new Embeddings(VOCABULARY, TOKENS, WIDTH));
        for (int i = 0; i < 4; i++) {
            network.add(new TransformerEncoderBlock(WIDTH, 4, 1024, 0, Activation::gelu));
        }
        return network.add(new LambdaBlock(h -> new NDList(h.singletonOrThrow().mean(new int[] {1}))))
                .add(linear(Djl.CLASSES));
    }

    private static Conv2d.Builder conv(int out, int kernel) {
        return Conv2d.builder().setFilters(out).setKernelShape(new Shape(kernel, kernel));
    }

    private static Block pool() { return Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)); }

    private static Linear linear(int out) { return Linear.builder().setUnits(out).build(); }

    /** A convolution without bias, then batch normalisation. */
    private static SequentialBlock convNorm(int out, int kernel, int stride) {
        return new SequentialBlock()
                .add(conv(out, kernel).optStride(new Shape(stride, stride))
                        .optPadding(new Shape(kernel / 2, kernel / 2)).optBias(false).build())
                .add(BatchNorm.builder().build());
    }

    private static Block residual(int out, int stride) {
        Block straight = convNorm(out, 3, stride).add(Activation::relu).add(convNorm(out, 3, 1));
        Block around = stride == 1 ? Blocks.identityBlock() : convNorm(out, 1, stride);
        return new ParallelBlock(Networks::addRelu, List.of(straight, around));
    }

    private static NDList addRelu(List<NDList> branches) {
        var sum = branches.get(0).singletonOrThrow().add(branches.get(1).singletonOrThrow());
        return new NDList(Activation.relu(sum));
    }
}
