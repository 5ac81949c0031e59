package dev.merapi.train;

import dev.merapi.data.BatchSource;
import dev.merapi.metric.Metric;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** Looks at a model without changing it: no dropout, stored statistics, no gradients. */
final class Evaluation<B> {
    private final Trainer<B> trainer;
    private final Task<B> task;
    private final Device device;

    Evaluation(Trainer<B> trainer) {
        this.trainer = trainer;
        task = trainer.task;
        device = trainer.device();
        trainer.place();
    }

    Map<String, Double> measure(BatchSource<B> data) {
        double lossSum = 0;
        double weight = 0;
        trainer.metrics.forEach(Metric::reset);
        try (var _ = task.model().evaluating(); var _ = Torch.inference()) {
            for (B batch : data) {
                try (var _ = Scope.open()) {
                    B moved = task.to(device, batch);
                    Pass pass = trainer.forward(() -> task.forward(moved));
                    if (pass.weight() == 0) continue;
                    lossSum += pass.loss().item() * pass.weight();
                    weight += pass.weight();
                    trainer.metrics.forEach(metric -> metric.update(pass.prediction(), pass.target()));
                }
            }
        }
        if (weight == 0) {
            throw new IllegalArgumentException("Trainer.evaluate: the loader gave no batch with a target.");
        }
        var values = new LinkedHashMap<String, Double>();
        values.put("loss", lossSum / weight);
        trainer.metrics.forEach(metric -> values.put(metric.name(), metric.value()));
        return values;
    }

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
