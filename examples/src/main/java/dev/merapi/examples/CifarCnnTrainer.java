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
import dev.merapi.vision.data.Cifar10;
import java.nio.file.Path;

/** A small convolutional network learns CIFAR-10's photos, which are downloaded, or read from a folder. */
final class CifarCnnTrainer {
    static void main(String... args) {
        var data = args.length == 0 ? Cifar10.full() : Cifar10.full(Path.of(args[0]));
        var test = data.test(256);

        Torch.seed(1337);
        var model = new Sequential(
                new Conv2d(3, 32, 3), new Relu(), new MaxPool2d(2), // (N, 32, 15, 15)
                new Conv2d(32, 64, 3), new Relu(), new MaxPool2d(2), // (N, 64, 6, 6)
                new Flatten(), new Linear(64 * 6 * 6, 64), new Relu(), new Linear(64, 10));
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
