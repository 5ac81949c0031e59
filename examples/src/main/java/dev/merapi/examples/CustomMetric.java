package dev.merapi.examples;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.MeanMetric;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Supervised;
import dev.merapi.train.Trainer;
import dev.merapi.vision.data.FashionMnist;

/** A measure of one's own: it gathers batches and gives the value of the whole. */
final class CustomMetric {
    /** How sure the model is of its answers: the mean probability of the most likely class. */
    static final class Confidence extends MeanMetric<Tensor, Tensor> {
        @Override public String name() { return "confidence"; }

        @Override public void update(Tensor logits, Tensor target) {
            add(logits.softmax(1).amax(1).sum().item(), logits.size(0));
        }
    }

    static void main() {
        Torch.seed(1337);
        var data = FashionMnist.subset();
        var model = new Sequential(new Flatten(), new Linear(784, 128), new Relu(), new Linear(128, 10));
        var run = Trainer.of(Supervised.of(model, new CrossEntropy(), new Accuracy(), new Confidence()))
                .optimizer(m -> new Adam(m, 1e-3)).epochs(3)
                .fit(data.train(64), data.test(256));
        IO.println(run.last().values());
    }
}
