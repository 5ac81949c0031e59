package dev.merapi.vision.model;

import dev.merapi.nn.Activation;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.PoolOptions;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;

/**
 * Small networks: those that tutorials begin with, and one that learns faster. All take float32 (N, C, H, W) to logits
 * (N, classes).
 */
public final class Classifiers {
    /** Before batch norm, which has a bias of its own. */
    private static final ConvOptions UNBIASED = ConvOptions.SAME.noBias();

    private Classifiers() {}

    /** Gray 28x28 through one hidden layer of 128: 101,770 parameters for ten classes. */
    public static Sequential mlp(int classes) {
        return new Sequential(new Flatten(), new Linear(784, 128), new Relu(), new Linear(128, classes));
    }

    /**
     * Keras's "Simple MNIST convnet" (<a href="https://keras.io/examples/vision/mnist_convnet/">keras.io</a>) for gray
     * 28x28: 34,826 parameters for ten classes.
     */
    public static Sequential mnistConvnet(int classes) {
        return new Sequential(
                new Conv2d(1, 32, 3), new Relu(), new MaxPool2d(2),
                new Conv2d(32, 64, 3), new Relu(), new MaxPool2d(2),
                new Flatten(), new Dropout(0.5), new Linear(64 * 5 * 5, classes));
    }

    /**
     * For gray 28x28: two wide convolutions of 16 and 32 and 32 hidden units, with tanh; 26,010 parameters for ten
     * classes. Bounded activations keep gradients of samples small, which training with differential privacy is helped
     * by (Papernot et al. 2021, arXiv:2007.14191).
     */
    public static Sequential tanhCnn(int classes) {
        var steps = PoolOptions.DEFAULT.stride(1);
        return new Sequential(
                new Conv2d(1, 16, 8, ConvOptions.DEFAULT.stride(2).padding(3)), Activation.TANH,
                new MaxPool2d(2, steps),
                new Conv2d(16, 32, 4, ConvOptions.DEFAULT.stride(2)), Activation.TANH, new MaxPool2d(2, steps),
                new Flatten(), new Linear(32 * 4 * 4, 32), Activation.TANH, new Linear(32, classes));
    }

    /** For gray 28x28: three convolutions of 32, 64 and 64, then 64 hidden units; 93,322 parameters for ten classes. */
    public static Sequential mnistCnn(int classes) {
        return new Sequential(
                new Conv2d(1, 32, 3), new Relu(), new MaxPool2d(2),
                new Conv2d(32, 64, 3), new Relu(), new MaxPool2d(2),
                new Conv2d(64, 64, 3), new Relu(),
                new Flatten(), new Linear(64 * 3 * 3, 64), new Relu(), new Linear(64, classes));
    }

    /**
     * For square images of at least 8x8: three convolutions of 32, 64 and 128, each with batch norm and pooling;
     * 104,426 parameters for gray 28x28 and ten classes. Batch norm makes it learn in fewer epochs than its plain
     * siblings.
     */
    public static Sequential batchNormCnn(int channels, int side, int classes) {
        int left = side / 8; // after three poolings
        return new Sequential(
                new Conv2d(channels, 32, 3, UNBIASED), new BatchNorm2d(32), new Relu(), new MaxPool2d(2),
                new Conv2d(32, 64, 3, UNBIASED), new BatchNorm2d(64), new Relu(), new MaxPool2d(2),
                new Conv2d(64, 128, 3, UNBIASED), new BatchNorm2d(128), new Relu(), new MaxPool2d(2),
                new Flatten(), new Dropout(0.4), new Linear(128 * left * left, classes));
    }

    /** For RGB 32x32: two convolutions of 32 and 64, then 64 hidden units; 167,562 parameters for ten classes. */
    public static Sequential cifarCnn(int classes) {
        return new Sequential(
                new Conv2d(3, 32, 3), new Relu(), new MaxPool2d(2),
                new Conv2d(32, 64, 3), new Relu(), new MaxPool2d(2),
                new Flatten(), new Linear(64 * 6 * 6, 64), new Relu(), new Linear(64, classes));
    }
}
