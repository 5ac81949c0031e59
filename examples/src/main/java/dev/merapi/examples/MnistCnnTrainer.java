package dev.merapi.examples;

import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Progress;
import dev.merapi.train.Trainer;
import dev.merapi.vision.data.Mnist;
import java.nio.file.Path;

/** A small convolutional network learns MNIST's digits, which are downloaded, or read from a folder. */
final class MnistCnnTrainer {
    static void main(String... args) {
        var data = args.length == 0 ? Mnist.full() : Mnist.full(Path.of(args[0]));
        var test = data.test(256);

        Torch.seed(1337);
        var model = new Sequential(
                new Conv2d(1, 32, 3), new Relu(), new MaxPool2d(2), // (N, 32, 13, 13)
                new Conv2d(32, 64, 3), new Relu(), new MaxPool2d(2), new Conv2d(64, 64, 3), new Relu(), // (N, 64, 3, 3)
                new Flatten(), new Linear(64 * 3 * 3, 64), new Relu(), new Linear(64, 10));
        var trainer = Trainer.of(Classification.of(model, 10))
                .optimizer(m -> new Adam(m, 1e-3))
                .epochs(10)
                .listen(new Progress());

        trainer.fit(data.train(64), test);
        IO.println("accuracy " + trainer.evaluate(test).get("accuracy"));

        int[] predicted = trainer.predict(test).argmax(1).toInts();
        IO.println("first picture: " + data.classes().get(predicted[0]));
    }
}
