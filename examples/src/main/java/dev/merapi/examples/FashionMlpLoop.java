package dev.merapi.examples;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.data.FashionMnist;
import java.nio.file.Path;

/** {@link FashionMlpTrainer} with its loop written out. */
final class FashionMlpLoop {
    static void main(String... args) {
        var data = args.length == 0 ? FashionMnist.subset() : FashionMnist.full(Path.of(args[0]));
        var train = data.train(64);

        Torch.seed(1337);
        var model = new Sequential(new Flatten(), new Linear(784, 128), new Relu(), new Linear(128, 10));
        var sgd = new Sgd(model, 0.01, 0.9);

        for (int epoch = 1; epoch <= 10; epoch++) {
            for (var batch : train) {
                try (var _ = Scope.open()) { // frees the step's tensors
                    var loss = new CrossEntropy().forward(model.forward(batch.x()), batch.y());
                    sgd.zeroGrad();
                    loss.backward();
                    sgd.step();
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
