package dev.merapi.examples;

import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Progress;
import dev.merapi.train.Trainer;
import dev.merapi.vision.data.FashionMnist;
import java.nio.file.Path;

/** A multilayer perceptron learns clothes: the embedded subset of Fashion-MNIST, or all of it from a folder. */
final class FashionMlpTrainer {
    static void main(String... args) {
        var data = args.length == 0 ? FashionMnist.subset() : FashionMnist.full(Path.of(args[0]));
        var test = data.test(256);

        Torch.seed(1337);
        var model = new Sequential(new Flatten(), new Linear(784, 128), new Relu(), new Linear(128, 10));
        var trainer = Trainer.of(Classification.of(model, 10))
                .optimizer(m -> new Sgd(m, 0.01, 0.9))
                .epochs(10)
                .listen(new Progress());

        trainer.fit(data.train(64), test);
        IO.println("accuracy " + trainer.evaluate(test).get("accuracy"));

        int[] predicted = trainer.predict(test).argmax(1).toInts();
        IO.println("first picture: " + data.classes().get(predicted[0]));
    }
}
