package dev.merapi.seams;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.AbstractOptimizer;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Bucket;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.ParamGroup;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Optimizers from outside: by a formula, with slots of another shape for sparse rows, and around another. */
class OwnOptimizerTest {
    /** The sign of the running mean of gradients (Bernstein et al. 2018, "signSGD", algorithm 2: Signum). */
    private static final class Signum extends AbstractOptimizer {
        Signum(Layer layer, double learningRate) { super(List.of(ParamGroup.of(layer)), learningRate); }

        @Override protected List<String> slots() { return List.of("momentum"); }

        @Override protected void update(Bucket b) {
            var m = b.slots("momentum").lerp_(b.grads(), 0.1);
            b.params().add_(m.sign(), -b.rate());
        }
    }

    /** AdaGrad with one sum for each row, as tables of recommenders are trained: s ← s + mean(g²). */
    private static final class RowWiseAdagrad extends AbstractOptimizer {
        RowWiseAdagrad(Layer layer, double learningRate) { super(List.of(ParamGroup.of(layer)), learningRate); }

        @Override protected List<String> slots() { return List.of("sum"); }

        @Override protected long[] slotShape(String slot, Param param) { return new long[] {param.size(0), 1}; }

        @Override protected boolean takesSparse(ParamGroup group) { return true; }

        @Override protected void update(Bucket b) {
            for (int i = 0; i < b.size(); i++) {
                Tensor g = b.grads().get(i);
                Tensor sum = b.slots("sum").get(i).add_(g.square().mean(new long[] {1}, true));
                b.params().get(i).sub_(g.div(sum.sqrt().add(1e-10)).mul(b.rate()));
            }
        }
    }

    /** Every k steps, half way back to where these steps began (Zhang et al. 2019, "Lookahead Optimizer"). */
    private record Lookahead(Optimizer inner, int k, Map<String, Tensor> slow, long[] steps) implements Optimizer {
        Lookahead(Optimizer inner, int k) {
            this(inner, k, new LinkedHashMap<>(), new long[1]);
            inner.params().forEach((name, param) -> slow.put(name, param.detach().copy().owned()));
        }

        @Override public Map<String, Param> params() { return inner.params(); }

        @Override public void step() {
            inner.step();
            if (++steps[0] % k != 0) return;
            try (var _ = Torch.noGrad()) {
                inner.params().forEach((name, param) -> param.copy_(slow.get(name).lerp_(param, 0.5)));
            }
        }

        @Override public double learningRate() { return inner.learningRate(); }

        @Override public void learningRate(double rate) { inner.learningRate(rate); }

        @Override public Map<String, Tensor> state() {
            var state = new LinkedHashMap<>(inner.state());
            slow.forEach((name, tensor) -> state.put("slow." + name, tensor));
            state.put("lookahead", Tensor.of(steps));
            return state;
        }

        @Override public void load(Map<String, Tensor> saved) {
            var rest = new LinkedHashMap<>(saved);
            slow.forEach((name, tensor) -> tensor.copy_(rest.remove("slow." + name)));
            steps[0] = rest.remove("lookahead").itemLong();
            inner.load(rest);
        }

        @Override public void close() {
            slow.values().forEach(Tensor::close);
            inner.close();
        }
    }

    private static Sequential model() {
        Torch.seed(3);
        return new Sequential(new Linear(2, 16), new Relu(), new Linear(16, 2));
    }

    /** Two classes: inside the unit circle, and outside. */
    private static double fit(Sequential model, Function<Layer, Optimizer> optimizer, int epochs, Path folder) {
        Torch.seed(4);
        var x = Tensor.randn(200, 2);
        var y = x.square().sum(new long[] {1}, false).gt(1.4).to(DType.INT64);
        return Trainer.of(Classification.of(model, 2)).optimizer(optimizer).seed(5).epochs(epochs).clipNorm(1)
                .folder(folder).resume().fit(Loader.of(Dataset.of(x, y), 20).shuffle(1).workers(0)).last()
                .value("train_loss");
    }

    private static void assertLearnsAndResumes(Function<Layer, Optimizer> optimizer, Path temp) {
        var whole = model();
        double loss = fit(whole, optimizer, 30, temp.resolve("whole"));
        assertTrue(loss < 0.35, "the loss is " + loss); // ln 2 = 0.69 at the beginning
        fit(model(), optimizer, 3, temp.resolve("parts"));
        var resumed = model();
        fit(resumed, optimizer, 30, temp.resolve("parts"));
        whole.params().forEach((name, param) ->
                assertArrayEquals(param.toFloats(), resumed.params().get(name).toFloats(), name));
    }

    @Test void aFormula(@TempDir Path temp) {
        assertLearnsAndResumes(m -> new Signum(m, 0.01), temp);
        try (var _ = Scope.open(); var layer = new Linear(2, 1); var signum = new Signum(layer, 0.5)) {
            var weight = layer.params().get("weight");
            weight.set(Tensor.of(new float[] {1, 2}, 1, 2));
            layer.forward(Tensor.of(new float[] {3, -4}, 1, 2)).sum().backward();
            signum.step();
            assertArrayEquals(new float[] {0.5f, 2.5f}, weight.toFloats());
            assertArrayEquals(new float[] {0.3f, -0.4f}, signum.state().get("weight.momentum").toFloats(), 1e-6f);
            assertEquals(List.of("weight.step", "weight.momentum", "bias.step", "bias.momentum"),
                    List.copyOf(signum.state().keySet()));
            var e = assertThrows(IllegalArgumentException.class, () -> signum.load(Map.of("weight.momentum",
                    Tensor.zeros(3), "weight.step", Tensor.of(new long[] {1}))));
            assertEquals("Signum.load: expected the state of the same optimizer over the same parameters. Received\n"
                    + "  weight.momentum: shape (3), expected (1, 2)", e.getMessage());
        }
    }

    @Test void aroundAnother(@TempDir Path temp) {
        assertLearnsAndResumes(m -> new Lookahead(new Adam(m, 0.02), 5), temp);
        try (var layer = new Linear(1, 1); var ahead = new Lookahead(new Sgd(layer, 1), 2)) {
            var weight = layer.params().get("weight");
            float before = weight.toFloats()[0];
            for (int step = 0; step < 2; step++) {
                ahead.zeroGrad();
                layer.forward(Tensor.ones(1, 1)).sum().backward();
                ahead.step();
            }
            assertEquals(before - 1, weight.toFloats()[0], 1e-6); // two steps of 1, half of the way back
        }
    }

    @Test void slotsOfAnotherShapeForSparseRows() {
        try (var _ = Scope.open(); var table = new Embedding(1_000, 2).sparse();
                var adagrad = new RowWiseAdagrad(table, 0.5); var resumed = new RowWiseAdagrad(table, 0.5)) {
            var weight = table.params().get("weight");
            var before = weight.detach().copy();
            for (int step = 0; step < 2; step++) {
                adagrad.zeroGrad();
                table.forward(Tensor.of(new long[] {7})).mul(Tensor.of(new float[] {1, 7})).sum().backward();
                adagrad.step();
                resumed.load(adagrad.state());
            }
            var sum = adagrad.state().get("weight.sum");
            assertArrayEquals(new long[] {1_000, 1}, sum.shape());
            assertEquals(50, sum.sum().item()); // 25 a step, in row 7
            assertEquals(50, resumed.state().get("weight.sum").select(0, 7).item());
            double change = 0.5 * (1 / Math.sqrt(25) + 1 / Math.sqrt(50)); // of a gradient of 1
            var moved = before.sub(weight);
            assertArrayEquals(new float[] {(float) change, (float) (7 * change)}, moved.select(0, 7).toFloats(), 1e-5f);
            assertEquals(2, moved.ne(0).sum().itemLong());
        }
    }

    @Test void aSlotIsNamedFirst() {
        class Forgetful extends AbstractOptimizer {
            Forgetful(Layer layer) { super(List.of(ParamGroup.of(layer)), 1); }

            @Override protected List<String> slots() { return List.of("mean"); }

            @Override protected void update(Bucket b) { b.slots("average").add_(1); }
        }

        try (var layer = new Linear(1, 1); var optimizer = new Forgetful(layer)) {
            layer.forward(Tensor.ones(1, 1)).sum().backward();
            var e = assertThrows(IllegalArgumentException.class, optimizer::step);
            assertEquals("Forgetful: expected one of its slots() [mean]. Received average", e.getMessage());
        }
    }
}
