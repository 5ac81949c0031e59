package dev.merapi.protect.privacy;

import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.Map;

/** Makes gradients private before another optimizer uses them. */
record PrivateOptimizer(Optimizer inner, Private privacy) implements Optimizer {
    @Override public Map<String, Param> params() { return inner.params(); }

    @Override public void step() {
        privacy.finish();
        inner.step();
    }

    @Override public double learningRate() { return inner.learningRate(); }

    @Override public void learningRate(double rate) { inner.learningRate(rate); }

    @Override public Map<String, Tensor> state() { return inner.state(); }

    @Override public void load(Map<String, Tensor> saved) { inner.load(saved); }

    @Override public void close() { inner.close(); }
}
