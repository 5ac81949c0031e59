package dev.merapi.examples;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.data.Cifar10;
import java.nio.file.Path;

/** {@link CifarCnnTrainer} with its loop written out. */
final class CifarCnnLoop {
    static void main(String... args) {
        var data = args.length == 0 ? Cifar10.full() : Cifar10.full(Path.of(args[0]));
        var train = data.train(64);

        Torch.seed(1337);
        var model = new Sequential(
                new Conv2d(3, 32, 3), new Relu(), new MaxPool2d(2), // (N, 32, 15, 15)
                new Conv2d(32, 64, 3), new Relu(), new MaxPool2d(2), // (N, 64, 6, 6)
                new Flatten(), new Linear(64 * 6 * 6, 64), new Relu(), new Linear(64, 10));
        var adam = new Adam(model, 1e-3);

        for (int epoch = 1; epoch <= 10; epoch++) {
            for (var batch : train) {
                try (var _ = Scope.open()) { // frees the step's tensors
                    var loss = new CrossEntropy().forward(model.forward(batch.x()), batch.y());
                    adam.zeroGrad();
                    loss.backward();
                    adam.step();
                }
            }
        }
        model.eval();
        var accuracy = new Accuracy();
        for (var batch : data.test(256)) {
            try (var _ = Scope.open(); var _ = Torch.inference()) {
                accuracy.update(model.forward(batch.x()), batch.y());
            }
        }
        IO.println("accuracy " + accuracy.value());
    }
}
