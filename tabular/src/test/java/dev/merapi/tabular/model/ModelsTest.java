package dev.merapi.tabular.model;

import dev.merapi.data.Loader;
import dev.merapi.io.Safetensors;
import dev.merapi.optim.Adagrad;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Ftrl;
import dev.merapi.optim.ParamGroup;
import dev.merapi.tabular.data.Feature;
import dev.merapi.tabular.data.Features;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.Table;
import dev.merapi.tabular.data.TablePreprocessing;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What holds for every model. */
class ModelsTest {
    @TempDir Path folder;

    private static final DeepOptions SMALL = new DeepOptions(4, List.of(8, 6), 0.1, false);

    private static Map<String, BiFunction<Inputs, Integer, TableNet>> models() {
        var models = new LinkedHashMap<String, BiFunction<Inputs, Integer, TableNet>>();
        models.put("linear", LinearModel::new);
        models.put("mlp", (in, out) -> new Mlp(in, out, SMALL));
        models.put("mlp with batch norm", (in, out) -> new Mlp(in, out, SMALL.batchNorm(true)));
        models.put("wide & deep", (in, out) -> new WideDeep(in, out, SMALL));
        models.put("fm", (in, out) -> new FactorizationMachine(in, out, 4));
        models.put("ffm", (in, out) -> new FieldAwareFm(in, out, 2));
        models.put("deepfm", (in, out) -> new DeepFm(in, out, SMALL));
        models.put("dcn-v2", (in, out) -> new DcnV2(in, out, 2, false, SMALL));
        models.put("dcn-v2 stacked", (in, out) -> new DcnV2(in, out, 2, true, SMALL));
        models.put("autoint", (in, out) -> new AutoInt(in, out, 8, 2, 2));
        models.put("ft-transformer", (in, out) -> new FtTransformer(in, out, 8, 2, 2, 0.1));
        return models;
    }

    @Test void everyParameterLearns() {
        models().forEach((name, make) -> {
            for (int outputs : new int[] {1, 3}) {
                long before = Scope.live();
                try (var _ = Scope.open(); var model = make.apply(Batches.INPUTS, outputs)) {
                    model.params().values().forEach(p -> { // first-order weights begin at 0, and ReLUs may be off
                        try (var _ = Torch.noGrad()) {
                            p.add_(p.randnLike().mul(0.3));
                        }
                    });
                    model.eval();
                    var y = model.forward(Batches.of(null));
                    assertArrayEquals(new long[] {3, outputs}, y.shape(), name);
                    y.square().sum().backward();
                    model.params().forEach((path, param) -> {
                        assertNotNull(param.grad(), name + ": " + path);
                        double norm = param.grad().norm().item();
                        assertTrue(norm > 0 && Double.isFinite(norm), name + ": " + path + " " + norm);
                    });
                }
                assertTrue(Scope.live() <= before, name); // the collector may free what other tests have left
            }
        });
    }

    @Test void savedAndLoadedTheyGiveTheSame() {
        models().forEach((name, make) -> {
            try (var _ = Scope.open(); var model = make.apply(Batches.INPUTS, 2);
                    var other = make.apply(Batches.INPUTS, 2)) {
                Path file = folder.resolve("model.safetensors");
                Safetensors.save(model, file);
                Safetensors.load(other, file);
                model.eval();
                other.eval();
                assertArrayEquals(model.forward(Batches.of(null)).toFloats(),
                        other.forward(Batches.of(null)).toFloats(), name);
            }
        });
    }

    @Test void numbersOrCategoriesAloneAreEnough() {
        var batch = Batches.of(null);
        for (var inputs : List.of(new Inputs(2, List.of(), List.of(), List.of()),
                new Inputs(0, List.of(4, 3), List.of(), List.of()))) {
            models().forEach((name, make) -> {
                try (var _ = Scope.open(); var model = make.apply(inputs, 1)) {
                    model.eval();
                    assertArrayEquals(new long[] {3, 1}, model.forward(batch).shape(), name);
                }
            });
        }
    }

    /** y is the parity of two categories: no sum of weights tells it, a product does. */
    @Test void pairsAreLearntWhereALineCannot() {
        var frame = Table.sql("select 'a' || i % 2 as a, 'b' || (i // 2) % 2 as b, (i + i // 2) % 2 as y"
                + " from range(400) t(i)").frame();
        var features = new Features(List.of(Feature.category("a"), Feature.category("b")), "y", true);
        var preprocessing = TablePreprocessing.fit(features, frame);
        models().forEach((name, make) -> {
            if (name.contains("batch norm")) return;
            Torch.seed(3);
            try (var model = make.apply(preprocessing.inputs(), 1)) {
                var trainer = Trainer.of(TableTask.of(model, preprocessing.target()))
                        .optimizer(m -> new Adam(m, 0.02)).epochs(12).seed(3);
                trainer.fit(Loader.of(preprocessing.rows(frame), 40).shuffle(3));
                double accuracy = trainer.evaluate(Loader.of(preprocessing.rows(frame), 400)).get("accuracy");
                if (name.equals("linear")) assertTrue(accuracy < 0.8, name + " " + accuracy);
                else assertTrue(accuracy > 0.95, name + " " + accuracy);
            }
        });
    }

    @Test void widePartAndDeepPartHaveOptimizersOfTheirOwn() {
        try (var _ = Scope.open(); var model = new WideDeep(Batches.INPUTS, 1, SMALL);
                var joint = model.optimizer(0.1, 1e6, 0.05)) {
            assertEquals(model.params().keySet(), joint.params().keySet());
            var deepBefore = model.params().get("deep.head.weight").toFloats();
            model.forward(Batches.of(null)).square().sum().backward();
            joint.learningRate(0.05); // half of the first's
            joint.step();
            for (float w : model.params().get("wide.weights.ids").toFloats()) assertEquals(0, w); // by the penalty
            var deep = model.params().get("deep.head.weight");
            for (int i = 0; i < deepBefore.length; i++) { // AdaGrad's first step is the rate, where there is a gradient
                float g = deep.grad().toFloats()[i];
                assertEquals(deepBefore[i] - 0.025 * Math.signum(g), deep.toFloats()[i], 1e-5);
            }
            var state = joint.state();
            assertTrue(state.keySet().containsAll(List.of("wide.weights.ids.z", "deep.head.weight.sum")), "" + state);
            var saved = new LinkedHashMap<String, Tensor>();
            state.forEach((name, tensor) -> saved.put(name, tensor.copy()));
            joint.load(saved);
            var error = assertThrows(IllegalArgumentException.class, () -> new Joint(List.of(
                    new Adagrad(model, 0.1), new Adagrad(model, 0.1))));
            assertTrue(error.getMessage().startsWith("Joint: expected optimizers of different parameters"));
        }
    }

    /** The paper's algorithm 1 over single numbers, for 20 steps of changing gradients. */
    @Test void ftrlIsThePapers() {
        double rate = 0.3, beta = 1, l1 = 0.4, l2 = 0.2;
        try (var _ = Scope.open(); var model = new LinearModel(new Inputs(3, List.of(), List.of(), List.of()), 1);
                var ftrl = new Ftrl(List.of(ParamGroup.of(model, name -> name.endsWith("numbers"))), rate,
                        new Ftrl.Options(beta, l1, l2))) {
            var w = model.params().get("weights.numbers");
            double[] n = new double[3], z = new double[3], expected = new double[3];
            boolean zero = false, other = false;
            for (int step = 1; step <= 20; step++) {
                var g = new float[3];
                for (int i = 0; i < 3; i++) g[i] = (float) Math.sin(step * (i + 1.3)) * (i == 2 ? 0.05f : 1);
                w.clearGrad();
                w.mul(Tensor.of(g, 3, 1)).sum().backward();
                ftrl.step();
                for (int i = 0; i < 3; i++) {
                    double sigma = (Math.sqrt(n[i] + (double) g[i] * g[i]) - Math.sqrt(n[i])) / rate;
                    z[i] += g[i] - sigma * expected[i];
                    n[i] += (double) g[i] * g[i];
                    expected[i] = Math.abs(z[i]) <= l1 ? 0
                            : -(z[i] - Math.signum(z[i]) * l1) / ((beta + Math.sqrt(n[i])) / rate + l2);
                    zero |= expected[i] == 0;
                    other |= expected[i] != 0;
                }
                assertArrayEquals(expected, w.toDoubles(), 1e-6, "step " + step);
            }
            assertTrue(zero && other);
        }
    }
}
