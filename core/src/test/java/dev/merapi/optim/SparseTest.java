package dev.merapi.optim;

import dev.merapi.nn.Embedding;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A step on a sparse gradient is about the rows that the gradient names, and nothing else. */
class SparseTest {
    private Scope scope;
    private Embedding sparse;
    private Embedding dense; // the same table

    @BeforeEach void open() {
        scope = Scope.open();
        Torch.seed(5);
        sparse = new Embedding(100, 4).sparse();
        dense = new Embedding(100, 4);
        weight(dense).set(weight(sparse).detach().copy());
    }

    @AfterEach void close() {
        sparse.close();
        dense.close();
        scope.close();
    }

    private static Param weight(Embedding embedding) { return embedding.params().get("weight"); }

    /** Gradients of both from the same ids, several of them twice. */
    private void backward(long... ids) {
        var factors = Tensor.randn(ids.length, 4);
        for (var embedding : List.of(sparse, dense)) {
            embedding.params().values().forEach(Param::clearGrad);
            embedding.forward(Tensor.of(ids)).mul(factors).sum().backward();
        }
    }

    private static void assertSame(Tensor expected, Tensor actual) {
        assertArrayEquals(expected.toFloats(), actual.toFloats(), 1e-6f);
    }

    private static long nnz(Param param) { return param.grad().coalesce().indices().size(1); }

    @Test void adamTouchesTheRowsOfTheBatchAlone() {
        try (var adam = new Adam(sparse, 0.1)) {
            backward(3, 7, 3, 50);
            adam.step();
            var table = weight(sparse).detach().copy();
            var mean = adam.state().get("weight.exp_avg").copy();
            var square = adam.state().get("weight.exp_avg_sq").copy();
            assertEquals(List.of(3L, 7L, 50L), changedRows(Tensor.zeros(100, 4), mean));

            backward(7, 99);
            assertTrue(weight(sparse).grad().isSparse());
            assertEquals(2, nnz(weight(sparse)));
            adam.step();
            assertEquals(List.of(7L, 99L), changedRows(table, weight(sparse)));
            assertEquals(List.of(7L, 99L), changedRows(mean, adam.state().get("weight.exp_avg")));
            assertEquals(List.of(7L, 99L), changedRows(square, adam.state().get("weight.exp_avg_sq")));
            assertEquals(2, adam.state().get("weight.step").itemLong());
        }
    }

    private static List<Long> changedRows(Tensor before, Tensor after) {
        var changed = before.ne(after).any(1, false).toBooleans();
        var rows = new ArrayList<Long>();
        for (int i = 0; i < changed.length; i++) if (changed[i]) rows.add((long) i);
        return rows;
    }

    @Test void aBatchWithoutIdsChangesNothing() {
        try (var adam = new Adam(sparse, 0.1)) {
            backward(1);
            adam.step();
            var before = weight(sparse).toFloats();
            backward();
            assertEquals(0, nnz(weight(sparse)));
            adam.step();
            assertArrayEquals(before, weight(sparse).toFloats());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 2, Double.POSITIVE_INFINITY})
    void clipsNormsAsOfADenseGradient(double order) {
        backward(3, 7, 3, 50, 3);
        var extra = List.of(new Param(Tensor.ones(3)), new Param(Tensor.ones(3)));
        extra.forEach(p -> p.square().sum().backward());
        var norms = List.of(Clip.norm(List.of(weight(sparse), extra.get(0)), 0.5, order),
                Clip.norm(List.of(weight(dense), extra.get(1)), 0.5, order));
        assertSame(norms.get(1), norms.get(0));
        assertTrue(norms.get(0).item() > 1, "there is something to clip");
        assertTrue(weight(sparse).grad().isSparse());
        assertSame(weight(dense).grad(), weight(sparse).grad());
        assertSame(extra.get(1).grad(), extra.get(0).grad());
    }

    /** What is bounded is a row's whole gradient, not its parts. */
    @Test void clipsValuesAsOfADenseGradient() {
        backward(3, 7, 3, 50, 3);
        Clip.value(sparse, 0.5);
        Clip.value(dense, 0.5);
        assertTrue(weight(sparse).grad().isSparse());
        assertSame(weight(dense).grad(), weight(sparse).grad());
    }

    /** Of SGD and AdaGrad, a gradient of 0 changes nothing: the dense step does the same. */
    @Test void stepsAsOnADenseGradient() {
        for (var made : List.<Function<Embedding, Optimizer>>of(e -> new Sgd(e, 0.1), e -> new Adagrad(e, 0.1))) {
            try (var lazy = made.apply(sparse); var full = made.apply(dense)) {
                for (int i = 0; i < 3; i++) {
                    backward(i, 7, i, 50);
                    lazy.step();
                    full.step();
                }
            }
            assertSame(weight(dense), weight(sparse));
        }
    }

    @Test void resumesToTheSameBits() {
        try (var adam = new Adam(sparse, 0.1); var resumed = new Adam(sparse, 0.1)) {
            backward(3, 7);
            adam.step();
            var table = weight(sparse).detach().copy();
            resumed.load(adam.state());
            backward(7, 9);
            adam.step();
            var expected = weight(sparse).toFloats();
            weight(sparse).set(table);
            resumed.step();
            assertArrayEquals(expected, weight(sparse).toFloats());
        }
    }

    @Test void aTableThatIsTheLastLayerTooHasADenseGradient() {
        for (var embedding : List.of(sparse, dense)) {
            var ids = Tensor.of(new long[] {1, 2});
            embedding.forward(ids).matmul(weight(embedding).mT()).square().sum().backward();
            embedding.forward(ids).sum().backward(); // once more
        }
        assertFalse(weight(sparse).grad().isSparse());
        assertArrayEquals(weight(dense).grad().toFloats(), weight(sparse).grad().toFloats(), 1e-4f);
        try (var adam = new AdamW(sparse, 0.1)) {
            adam.step(); // with weight decay, which touches every row
        }
    }

    @Test void averagesTheWholeTable() {
        try (var ema = new Ema(sparse, 0.5); var sgd = new Sgd(sparse, 1)) {
            var before = weight(sparse).detach().copy();
            backward(3);
            sgd.step();
            ema.update();
            assertSame(before.add(weight(sparse)).mul(0.5), ema.state().get("weight"));
        }
    }

    @Test void refusesByNameWhatWouldTouchEveryRow() {
        refuses("Lion", g -> new Lion(List.of(g), 0.1));
        refuses("RmsProp", g -> new RmsProp(List.of(g), 0.1));
        refuses("Adadelta", g -> new Adadelta(List.of(g), 0.1));
        refuses("Adamax", g -> new Adamax(List.of(g), 0.1));
        refuses("AdamW", g -> new AdamW(List.of(g), 0.1));
        refuses("Adam", g -> new Adam(List.of(g), 0.1, Adam.Options.DEFAULT.amsgrad(true)));
        refuses("Adam", g -> new Adam(List.of(g), 0.1, Adam.Options.DEFAULT.weightDecay(0.1)));
        refuses("Sgd", g -> new Sgd(List.of(g), 0.1, Sgd.Options.DEFAULT.momentum(0.9)));
        refuses("Sgd", g -> new Sgd(List.of(g), 0.1, Sgd.Options.DEFAULT.weightDecay(0.1)));
        refuses("Adagrad", g -> new Adagrad(List.of(g), 0.1, new Adagrad.Options(0, 0, 1e-10, 0.1)));
    }

    private void refuses(String name, Function<ParamGroup, Optimizer> made) {
        backward(3);
        var before = weight(sparse).toFloats();
        var group = new ParamGroup(Map.of("items.weight", weight(sparse)), 1, 1);
        try (var optimizer = made.apply(group)) {
            var e = assertThrows(IllegalArgumentException.class, optimizer::step, name);
            assertEquals(name + ": expected a dense gradient of items.weight, as its group is set. Received a sparse"
                    + " one, which is for Adam and AdamW without amsgrad, Adagrad, and Sgd without momentum, all"
                    + " without weight decay (ParamGroup.decay(0)). Or make the embedding dense.", e.getMessage());
            assertTrue(optimizer.state().isEmpty());
        }
        assertArrayEquals(before, weight(sparse).toFloats());
    }

    @Test void refusesSparseElements() {
        var p = new Param(Tensor.zeros(2, 2));
        p.grad(Tensor.sparse(Tensor.of(new long[] {0, 1}, 2, 1), Tensor.of(new float[] {3}), 2, 2));
        try (var sgd = new Sgd(List.of(new ParamGroup(Map.of("p", p), 1, 1)), 0.1)) {
            var e = assertThrows(IllegalArgumentException.class, sgd::step);
            assertEquals("p: expected a sparse gradient of whole rows. Received one of shape (2, 2) with indices"
                    + " (2, 1)", e.getMessage());
        }
    }

    /** The order of in-place operations does not matter, and scaling by hand keeps what is sparse sparse. */
    @Test void scalesInPlace() {
        backward(3, 3, 8);
        for (Consumer<Tensor> scale : Arrays.<Consumer<Tensor>>asList(g -> g.mul_(0.5), g -> g.div_(4))) {
            scale.accept(weight(sparse).grad());
            scale.accept(weight(dense).grad());
        }
        assertTrue(weight(sparse).grad().isSparse());
        assertSame(weight(dense).grad(), weight(sparse).grad());
    }
}
