package dev.merapi.optim;

import dev.merapi.Goldens;
import dev.merapi.nn.F;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ten steps on sparse gradients against PyTorch's SGD, Adagrad and SparseAdam. */
class SparseGoldensTest {
    private static final Goldens GOLDENS = Goldens.open("sparse");
    private static final Map<String, Function<ParamGroup, Optimizer>> OPTIMIZERS = new TreeMap<>(Map.of(
            "sgd", g -> new Sgd(List.of(g), 0.1),
            "adagrad", g -> new Adagrad(List.of(g), 0.1),
            "adagrad_decay", g -> new Adagrad(List.of(g), 0.1, new Adagrad.Options(0.05, 0.2, 1e-10, 0)),
            "adam", g -> new Adam(List.of(g), 0.1),
            "adam_eps", g -> new Adam(List.of(g), 0.1, Adam.Options.DEFAULT.betas(0.8, 0.95).eps(0.1))));

    static Stream<String> names() { return OPTIMIZERS.keySet().stream(); }

    @Test void everyGoldenIsTested() { assertEquals(GOLDENS.cases(), OPTIMIZERS.keySet()); }

    @ParameterizedTest
    @MethodSource("names")
    void equalsPyTorch(String name) {
        assertSteps(name, OPTIMIZERS.get(name));
    }

    /** Decoupled decay is the only difference, and sparse gradients have none. */
    @Test void adamWWithoutDecayIsAdam() { assertSteps("adam", g -> new AdamW(List.of(g.decay(0)), 0.1)); }

    private static void assertSteps(String name, Function<ParamGroup, Optimizer> made) {
        try (var _ = Scope.open(); var w = new Param(GOLDENS.tensor(name + "/init").copy());
                var optimizer = made.apply(new ParamGroup(Map.of("w", w), 1, 1))) {
            for (int step = 1; step <= 10; step++) {
                optimizer.zeroGrad();
                F.embedding(GOLDENS.tensor(name + "/ids." + step), w, -1, true)
                        .backward(GOLDENS.tensor(name + "/grad." + step).copy());
                assertTrue(w.grad().isSparse());
                optimizer.step();
                Goldens.assertClose(GOLDENS.tensor(name + "/step." + step), w, 1e-5, 1e-6, name + " step " + step);
            }
        }
    }
}
