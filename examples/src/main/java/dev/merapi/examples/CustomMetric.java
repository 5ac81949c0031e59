package dev.merapi.examples;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
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
    static final class Confidence implements Metric<Tensor, Tensor> {
        private double sum;
        private long count;

        @Override public String name() { return "confidence"; }

        @Override public void update(Tensor logits, Tensor target) {
            sum += logits.softmax(1).amax(1).sum().item();
            count += logits.size(0);
        }

        @Override public double[] state() { return new double[] {sum, count}; }

        @Override public void merge(double... state) {
            sum += state[0];
            count += (long) state[1];
        }

        @Override public double value() { return sum / count; }

        @Override public void reset() { sum = count = 0; }
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
