package dev.merapi.train;

import dev.merapi.data.BatchSource;
import dev.merapi.metric.Metric;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks at a model without changing it: no dropout, stored statistics, no gradients. */
final class Evaluation<B> {
    private final Trainer<B> trainer;
    private final Task<B> task;
    private final Device device;
    private double lossSum;
    private double lossWeight;
    private boolean any; // batch with a target

    Evaluation(Trainer<B> trainer) {
        this.trainer = trainer;
        task = trainer.task;
        device = trainer.device();
        trainer.place();
    }

    /** Takes in a data set. */
    Evaluation<B> measure(BatchSource<B> data) {
        trainer.metrics.forEach(Metric::reset);
        try (var _ = task.model().evaluating(); var _ = Torch.inference()) {
            for (B batch : data) {
                try (var _ = Scope.open()) {
                    B moved = task.to(device, batch);
                    Pass pass = trainer.forward(() -> task.evaluate(moved));
                    if (pass.weight() == 0) continue;
                    any = true;
                    trainer.metrics.forEach(metric -> update(metric, pass));
                    if (pass.loss() == null) continue;
                    lossSum += pass.loss().item() * pass.weight();
                    lossWeight += pass.weight();
                }
            }
        }
        return this;
    }

    /** Joins what all ranks have measured, on all of them. */
    void join(Strategy strategy) {
        if (strategy.world() == 1) return;
        lossSum = strategy.sum(lossSum);
        lossWeight = strategy.sum(lossWeight);
        any = strategy.any(any);
        for (var metric : trainer.metrics) {
            var states = strategy.gather(text(metric.state())).stream().map(Evaluation::numbers).toList();
            metric.reset();
            states.forEach(metric::merge);
        }
    }

    private static String text(double[] numbers) {
        return Arrays.stream(numbers).mapToObj(Double::toString).collect(Collectors.joining(" "));
    }

    private static double[] numbers(String text) {
        return text.isEmpty() ? new double[0]
                : Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    /** The loss, if there is one, and the metrics. */
    Map<String, Double> values() {
        if (!any) throw new IllegalArgumentException("Trainer.evaluate: the loader gave no batch with a target.");
        var values = new LinkedHashMap<String, Double>();
        if (lossWeight > 0) values.put("loss", lossSum / lossWeight);
        trainer.metrics.forEach(metric -> values.put(metric.name(), metric.value()));
        return values;
    }

    @SuppressWarnings("unchecked") // a task's passes hold what its metrics take
    private <P, T> void update(Metric<P, T> metric, Pass pass) {
        try {
            metric.update((P) pass.prediction(), (T) pass.target());
        } catch (ClassCastException e) {
            throw new IllegalArgumentException(metric.name() + ": expected the types of predictions and targets that"
                    + " this metric takes. Received " + type(pass.prediction()) + " and " + type(pass.target())
                    + " from " + task.getClass().getSimpleName() + "; give it other metrics, or override evaluate.", e);
        }
    }

    private static String type(Object value) { return value == null ? "null" : value.getClass().getSimpleName(); }

    Tensor predict(BatchSource<B> data) {
        var parts = new ArrayList<Tensor>();
        try (var all = Scope.open(); var _ = task.model().evaluating(); var _ = Torch.noGrad()) {
            for (B batch : data) {
                try (var scope = Scope.open()) {
                    parts.add(scope.keep(answer(batch).to(Device.CPU)));
                }
            }
            if (parts.isEmpty()) throw new IllegalArgumentException("Trainer.predict: the loader gave no batch.");
            return all.keep(Tensor.cat(parts, 0));
        }
    }

    Tensor predict(B batch) {
        try (var scope = Scope.open(); var _ = task.model().evaluating(); var _ = Torch.noGrad()) {
            return scope.keep(answer(batch));
        }
    }

    private Tensor answer(B batch) {
        try (var _ = Precision.autocast(device, trainer.precision)) {
            return task.predict(task.to(device, batch));
        }
    }
}
