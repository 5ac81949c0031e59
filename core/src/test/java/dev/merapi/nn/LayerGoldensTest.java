package dev.merapi.nn;

import dev.merapi.Goldens;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static dev.merapi.Goldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every layer against PyTorch: names, results, gradients and running statistics. */
class LayerGoldensTest {
    private static final double TOLERANCE = 1e-5; // relative and absolute, float32

    private final Goldens goldens = Goldens.open("layers");
    private final Map<String, LayerPrograms.Program> programs = LayerPrograms.all();

    @Test void everyGoldenHasAProgramAndEveryProgramAGolden() {
        assertEquals(goldens.cases(), new TreeSet<>(programs.keySet()));
    }

    @TestFactory List<DynamicTest> likePyTorch() {
        return programs.keySet().stream().map(name -> DynamicTest.dynamicTest(name, () -> check(name))).toList();
    }

    private void check(String name) {
        try (var _ = Scope.open()) {
            var program = programs.get(name);
            var layer = program.layer().get();
            if (layer != null) load(layer, goldens.tensors(name + "/param."));
            var x = inputs(name);

            var y = program.forward().apply(layer, x);
            boolean single = goldens.has(name + "/out");
            Tensor loss = null;
            for (int i = 0; i < y.size(); i++) {
                String suffix = single ? "" : "." + i;
                close(name, "out" + suffix, y.get(i));
                if (!goldens.has(name + "/grad_out" + suffix)) continue;
                Tensor part = y.get(i).mul(goldens.tensor(name + "/grad_out" + suffix)).sum();
                loss = loss == null ? part : loss.add(part);
            }
            assertTrue(single ? y.size() == 1 : !goldens.has(name + "/out." + y.size()), "number of outputs");

            if (loss != null) loss.backward();
            for (int i = 0; i < x.length; i++) {
                if (goldens.has(name + "/grad_in." + i)) close(name, "grad_in." + i, x[i].grad());
            }
            if (layer == null) return;
            layer.params().forEach((param, p) -> close(name, "grad." + param, p.grad()));
            layer.tensors().forEach((state, t) -> close(name, t.requiresGrad() ? "param." + state
                    : goldens.has(name + "/after." + state) ? "after." + state : "param." + state, t));
            layer.close();
        }
    }

    private Tensor[] inputs(String name) {
        var x = goldens.tensors(name + "/in.");
        var inputs = new Tensor[x.size()];
        x.forEach((i, tensor) -> {
            if (goldens.has(name + "/grad_in." + i)) tensor.requiresGrad_(true);
            inputs[Integer.parseInt(i)] = tensor;
        });
        return inputs;
    }

    private static void load(Layer layer, Map<String, Tensor> values) {
        var tensors = layer.tensors();
        assertEquals(new TreeSet<>(values.keySet()), new TreeSet<>(tensors.keySet()), "names");
        try (var _ = Torch.noGrad()) {
            tensors.forEach((name, t) -> t.copy_(values.get(name)));
        }
    }

    private void close(String name, String part, Tensor actual) {
        assertClose(goldens.tensor(name + "/" + part), actual, TOLERANCE, TOLERANCE, name + "/" + part);
    }
}
