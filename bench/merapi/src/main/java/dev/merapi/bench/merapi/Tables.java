package dev.merapi.bench.merapi;

import dev.merapi.bench.Batches;
import dev.merapi.bench.Step;
import dev.merapi.bench.Workload;
import dev.merapi.optim.Adam;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.data.Target;
import dev.merapi.tabular.model.DeepFm;
import dev.merapi.tabular.model.DeepOptions;
import dev.merapi.tabular.model.TableTask;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Collections;
import java.util.List;

/** Models of tables. */
final class Tables {
    private static final int ROWS = Workload.DEEPFM.items();
    private static final int NUMBERS = Workload.DEEPFM_NUMBERS;
    private static final int CATEGORIES = Workload.DEEPFM_CATEGORIES;

    private Tables() {}

    static Step deepFmTraining() {
        var inputs = new Inputs(NUMBERS, Collections.nCopies(CATEGORIES, Workload.DEEPFM_IDS), List.of(), List.of());
        var task = TableTask.of(new DeepFm(inputs, 1, new DeepOptions(16, List.of(128, 64), 0, false)),
                new Target.Classes("click", List.of("0", "1")));
        var adam = new Adam(task.model(), 1e-3);
        var batches = new Batches<>(Tables::rows, seed -> Tensor.of(Batches.integers(seed, ROWS, 2)).to(DType.INT64));
        return () -> {
            batches.next();
            try (var _ = Scope.open()) {
                var rows = batches.inputs();
                var loss = task.forward(new TableBatch(rows.numbers(), rows.categories(), rows.lists(), rows.crosses(),
                        batches.labels())).loss();
                adam.zeroGrad();
                loss.backward();
                adam.step();
                return loss.item();
            }
        };
    }

    private static TableBatch rows(int seed) {
        return new TableBatch(Tensor.of(Batches.normal(seed, ROWS * NUMBERS), ROWS, NUMBERS),
                Tensor.of(Batches.integers(seed, ROWS * CATEGORIES, Workload.DEEPFM_IDS)).to(DType.INT64)
                        .view(ROWS, CATEGORIES), List.of(), Tensor.of(new long[0], ROWS, 0), null);
    }
}
