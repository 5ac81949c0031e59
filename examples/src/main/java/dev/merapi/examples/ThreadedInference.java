package dev.merapi.examples;

import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledImage;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.FashionMnist;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One model answers many threads at once, as it would in a server. */
final class ThreadedInference {
    /** Any number of platform threads may call this, as long as none trains the model. */
    static float[] probabilities(Unary model, Image image) {
        try (var _ = Scope.open(); var _ = Torch.inference()) {
            return model.forward(Normalize.FASHION_MNIST.batch(List.of(image))).softmax(1).toFloats();
        }
    }

    static void main() throws InterruptedException {
        var data = FashionMnist.subset();
        var model = new Sequential(new Flatten(), new Linear(784, 128), new Relu(), new Linear(128, 10));
        Trainer.of(Classification.of(model, 10)).optimizer(m -> new Adam(m, 1e-3)).fit(data.train(64));
        model.eval();
        var images = data.test().stream().map(LabeledImage::image).toList();

        float[][] alone = images.stream().map(i -> probabilities(model, i)).toArray(float[][]::new);
        try (var threads = Executors.newFixedThreadPool(4)) {
            var requests = images.stream().map(i -> (Callable<float[]>) () -> probabilities(model, i)).toList();
            float[][] together = threads.invokeAll(requests).stream().map(Future::resultNow).toArray(float[][]::new);
            IO.println(together.length + " answers, equal to one thread's: " + Arrays.deepEquals(together, alone));
        }
    }
}
