package dev.merapi.tensor;

import dev.merapi.Goldens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Results and gradients of operators against PyTorch. */
class OpGoldensTest {
    private static final double TOLERANCE = 2e-5; // relative and absolute, float32 against float64

    private final Goldens goldens = Goldens.open("ops");
    private final Map<String, Function<Tensor[], List<Tensor>>> programs = OpPrograms.all();

    @Test void everyGoldenHasAProgramAndEveryProgramAGolden() {
        assertEquals(goldens.cases(), new TreeSet<>(programs.keySet()));
    }

    @TestFactory List<DynamicTest> likePyTorch() {
        return programs.keySet().stream().map(name -> DynamicTest.dynamicTest(name, () -> check(name))).toList();
    }

    private void check(String name) {
        try (var _ = Scope.open()) {
            var x = inputs(name);
            var y = programs.get(name).apply(x);
            boolean single = goldens.has(name + "/out");
            var parts = new ArrayList<Tensor>();
            for (int i = 0; i < y.size(); i++) {
                String suffix = single ? "" : "." + i;
                close(name + "/out" + suffix, y.get(i));
                if (!goldens.has(name + "/grad_out" + suffix)) continue;
                parts.add(y.get(i).mul(goldens.tensor(name + "/grad_out" + suffix)).sum());
            }
            parts.stream().reduce(Tensor::add).ifPresent(Tensor::backward);
            for (int i = 0; i < x.length; i++) {
                if (goldens.has(name + "/grad_in." + i)) close(name + "/grad_in." + i, x[i].grad());
            }
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

    private void close(String key, Tensor actual) {
        var expected = goldens.tensor(key);
        assertEquals(expected.dtype(), actual.dtype(), key);
        Goldens.assertClose(expected, actual, TOLERANCE, TOLERANCE, key);
    }
}
