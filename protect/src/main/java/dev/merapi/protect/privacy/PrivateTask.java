package dev.merapi.protect.privacy;

import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Task;
import java.util.List;

/** A task whose steps take gradients sample by sample. */
record PrivateTask<B>(Task<B> inner, Private privacy) implements Task<B> {
    @Override public Layer model() { return inner.model(); }

    @Override public Pass forward(B batch) { return inner.forward(batch); }

    /** In parts that fit the memory. */
    @Override public Pass step(B batch, Stepper stepper) {
        long samples = SampleGradients.samples(batch), most = privacy.options().microBatch();
        double weight = 0;
        Tensor loss = null;
        for (long from = 0; from < samples; from += most) {
            B part = samples <= most ? batch : SampleGradients.part(batch, from, Math.min(from + most, samples));
            var pass = stepper.add(() -> privacy.learn(part, inner::forward));
            if (pass.weight() == 0) continue;
            Tensor sum = pass.loss().mul(pass.weight());
            loss = loss == null ? sum : loss.add(sum);
            weight += pass.weight();
        }
        return weight == 0 ? Pass.of(Tensor.scalar(0, DType.FLOAT32), 0) : Pass.of(loss.div(weight), weight);
    }

    @Override public Pass evaluate(B batch) { return inner.evaluate(batch); }

    @Override public List<Metric<?, ?>> metrics() { return inner.metrics(); }

    @Override public Tensor predict(B batch) { return inner.predict(batch); }

    @Override public B to(Device device, B batch) { return inner.to(device, batch); }
}
