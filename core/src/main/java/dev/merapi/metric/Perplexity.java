package dev.merapi.metric;

import dev.merapi.tensor.Tensor;

/**
 * The exponential of the mean negative log-likelihood of a token: the number of equally likely tokens that would be as
 * hard to guess. Shapes: logits (…, V), targets (…); targets of -100, padding, do not count.
 */
public final class Perplexity implements Metric<Tensor, Tensor> {
    private final LogLoss loss = new LogLoss();

    @Override public String name() { return "perplexity"; }

    @Override public void update(Tensor prediction, Tensor target) { loss.update(prediction, target); }

    @Override public double[] state() { return loss.state(); }

    @Override public void merge(double... state) {
        Metric.expectState(this, 2, state);
        loss.merge(state);
    }

    @Override public double value() { return Math.exp(loss.value()); }

    @Override public void reset() { loss.reset(); }

    @Override public boolean greaterIsBetter() { return false; }
}
