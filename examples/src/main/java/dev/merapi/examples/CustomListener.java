package dev.merapi.examples;

import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Epoch;
import dev.merapi.train.Listener;
import dev.merapi.train.Trainer;
import dev.merapi.vision.data.FashionMnist;

/** A listener of one's own: it hears of every step and epoch, and may end the training. */
final class CustomListener {
    /** Ends the training as soon as the test set's accuracy is good enough. */
    record GoodEnough(Trainer<?> trainer, double accuracy) implements Listener {
        @Override public void epoch(Epoch epoch) {
            IO.println("epoch " + epoch.epoch() + " accuracy " + epoch.value("accuracy"));
            if (epoch.value("accuracy") >= accuracy) trainer.stop();
        }
    }

    static void main() {
        Torch.seed(1337);
        var data = FashionMnist.subset();
        var model = new Sequential(new Flatten(), new Linear(784, 10));
        var trainer = Trainer.of(Classification.of(model, 10)).optimizer(m -> new Adam(m, 1e-3)).epochs(50);
        var run = trainer.listen(new GoodEnough(trainer, 0.8)).fit(data.train(64), data.test(256));
        IO.println(run.stop() + " after " + run.steps() + " steps");
    }
}
