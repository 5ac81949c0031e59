package dev.merapi.vision.model;

import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;

/**
 * The small networks that tutorials begin with. All take float32 (N, C, H, W) to logits (N, classes).
 */
public final class Classifiers {
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

    /** For gray 28x28: three convolutions of 32, 64 and 64, then 64 hidden units; 93,322 parameters for ten classes. */
    public static Sequential mnistCnn(int classes) {
        return new Sequential(
                new Conv2d(1, 32, 3), new Relu(), new MaxPool2d(2),
                new Conv2d(32, 64, 3), new Relu(), new MaxPool2d(2),
                new Conv2d(64, 64, 3), new Relu(),
                new Flatten(), new Linear(64 * 3 * 3, 64), new Relu(), new Linear(64, classes));
    }

    /** For RGB 32x32: two convolutions of 32 and 64, then 64 hidden units; 167,562 parameters for ten classes. */
    public static Sequential cifarCnn(int classes) {
        return new Sequential(
                new Conv2d(3, 32, 3), new Relu(), new MaxPool2d(2),
                new Conv2d(32, 64, 3), new Relu(), new MaxPool2d(2),
                new Flatten(), new Linear(64 * 6 * 6, 64), new Relu(), new Linear(64, classes));
    }
}
