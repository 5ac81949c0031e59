package dev.merapi.optim;

import dev.merapi.Goldens;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Name;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** Ten steps of every optimizer, and clipping and averaging, against PyTorch's. */
class OptimizerGoldensTest {
    private static final Goldens GOLDENS = Goldens.open("optimizers");
    private static final Map<String, Function<ParamGroup, Optimizer>> OPTIMIZERS = optimizers();
    private static final Map<String, double[]> NORMS = Map.of( // limit, order
            "clip_grad_norm", new double[] {1.5, 2}, "clip_grad_norm_under", new double[] {50, 2},
            "clip_grad_norm_1", new double[] {1.5, 1},
            "clip_grad_norm_inf", new double[] {0.5, Double.POSITIVE_INFINITY});

    private static Map<String, Function<ParamGroup, Optimizer>> optimizers() {
        var c = new TreeMap<String, Function<ParamGroup, Optimizer>>();
        var sgd = Sgd.Options.DEFAULT;
        c.put("sgd", g -> new Sgd(List.of(g), 0.1));
        c.put("sgd_momentum", g -> new Sgd(List.of(g), 0.1, sgd.momentum(0.9)));
        c.put("sgd_nesterov", g -> new Sgd(List.of(g), 0.1, sgd.nesterov(0.9)));
        c.put("sgd_dampening", g -> new Sgd(List.of(g), 0.1, sgd.momentum(0.9).dampening(0.3)));
        c.put("sgd_weight_decay", g -> new Sgd(List.of(g), 0.1, sgd.momentum(0.9).weightDecay(0.1)));
        c.put("adagrad", g -> new Adagrad(List.of(g), 0.1));
        c.put("adagrad_decay", g -> new Adagrad(List.of(g), 0.1, new Adagrad.Options(0.05, 0.2, 1e-10, 0.1)));
        c.put("rmsprop", g -> new RmsProp(List.of(g), 0.05));
        c.put("rmsprop_centered", g -> new RmsProp(List.of(g), 0.05, new RmsProp.Options(0.9, 0, true, 1e-8, 0)));
        c.put("rmsprop_momentum",
                g -> new RmsProp(List.of(g), 0.02, new RmsProp.Options(0.99, 0.9, false, 1e-8, 0.1)));
        c.put("rmsprop_centered_momentum",
                g -> new RmsProp(List.of(g), 0.02, new RmsProp.Options(0.9, 0.9, true, 1e-8, 0)));
        var adam = Adam.Options.DEFAULT;
        c.put("adam", g -> new Adam(List.of(g), 0.1));
        c.put("adam_betas", g -> new Adam(List.of(g), 0.1, adam.betas(0.8, 0.95).eps(1e-3)));
        c.put("adam_amsgrad", g -> new Adam(List.of(g), 0.1, adam.amsgrad(true)));
        c.put("adam_weight_decay", g -> new Adam(List.of(g), 0.1, adam.weightDecay(0.1)));
        c.put("adamw", g -> new AdamW(List.of(g), 0.1, adam.weightDecay(0.1)));
        c.put("adamw_amsgrad", g -> new AdamW(List.of(g), 0.1, adam.weightDecay(0.1).amsgrad(true)));
        c.put("adamw_groups", g -> new AdamW(List.of(only(g, "w"), only(g, "b").rate(0.2).decay(0)), 0.1,
                adam.weightDecay(0.3)));
        c.put("adadelta", g -> new Adadelta(List.of(g), 1));
        c.put("adamax", g -> new Adamax(List.of(g), 0.1));
        c.put("lion", g -> new Lion(List.of(g), 0.05));
        c.put("lion_weight_decay", g -> new Lion(List.of(g), 0.05, new Lion.Options(0.95, 0.98, 0.1)));
        return c;
    }

    private static ParamGroup only(ParamGroup g, String name) {
        return new ParamGroup(Map.of(name, g.params().get(name)), 1, 1);
    }

    @Test void everyGoldenIsTested() {
        var tested = new TreeSet<>(OPTIMIZERS.keySet());
        tested.addAll(NORMS.keySet());
        tested.addAll(List.of("clip_grad_value", "ema"));
        assertEquals(GOLDENS.cases(), tested);
    }

    static Stream<String> names() { return OPTIMIZERS.keySet().stream(); }

    @ParameterizedTest
    @MethodSource("names")
    void equalsPyTorch(String name) {
        try (var _ = Scope.open()) {
            var params = params(name + "/init.");
            try (var optimizer = OPTIMIZERS.get(name).apply(new ParamGroup(params, 1, 1))) {
                for (int step = 1; step <= 10; step++) {
                    setGradients(params, name + "/grad." + step + ".");
                    optimizer.step();
                    assertParams(name + "/step" + step + ".", params);
                }
            }
            params.values().forEach(Param::close);
        }
    }

    @ParameterizedTest
    @MethodSource("norms")
    void clipsNormsAsPyTorch(String name) {
        try (var _ = Scope.open()) {
            var params = params(name + "/grad."); // of the gradients' shapes
            setGradients(params, name + "/grad.");
            var norm = Clip.norm(params.values(), NORMS.get(name)[0], NORMS.get(name)[1]);
            Goldens.assertClose(GOLDENS.tensor(name + "/norm"), norm, 1e-6, 0, "norm");
            assertGradients(name + "/clipped.", params);
        }
    }

    static Stream<String> norms() { return NORMS.keySet().stream(); }

    @Test void clipsValuesAsPyTorch() {
        try (var _ = Scope.open()) {
            var params = params("clip_grad_value/grad.");
            setGradients(params, "clip_grad_value/grad.");
            Clip.value(params.values(), 0.5);
            assertGradients("clip_grad_value/clipped.", params);
        }
    }

    @Test void averagesAsTheFormula() {
        try (var _ = Scope.open(); var model = new Weights(params("ema/init."))) {
            try (var ema = new Ema(model, 0.9)) {
                for (int step = 1; step <= 10; step++) {
                    var values = GOLDENS.tensors("ema/value." + step + ".");
                    model.params.forEach((name, param) -> param.set(values.get(name)));
                    ema.update();
                    if (!GOLDENS.has("ema/step" + step + ".w")) continue;
                    var expected = GOLDENS.tensors("ema/step" + step + ".");
                    expected.forEach((n, mean) -> Goldens.assertClose(mean, ema.state().get(n), 1e-6, 1e-7, n));
                }
            }
        }
    }

    static final class Weights extends Layer {
        @Name("") final Map<String, Param> params;

        Weights(Map<String, Param> params) {
            this.params = params;
        }
    }

    private static Map<String, Param> params(String prefix) {
        var params = new TreeMap<String, Param>();
        GOLDENS.tensors(prefix).forEach((name, value) -> params.put(name, new Param(value.copy())));
        assertEquals(Set.of("b", "w"), params.keySet());
        return params;
    }

    /** As backward would: the gradient of Σ g · p is g. */
    private static void setGradients(Map<String, Param> params, String prefix) {
        var gradients = GOLDENS.tensors(prefix);
        params.forEach((name, param) -> {
            param.clearGrad();
            param.mul(gradients.get(name)).sum().backward();
        });
    }

    private static void assertParams(String prefix, Map<String, Param> params) {
        if (!GOLDENS.has(prefix + "w")) return;
        var expected = GOLDENS.tensors(prefix);
        params.forEach((name, param) -> Goldens.assertClose(expected.get(name), param, 1e-5, 1e-6, prefix + name));
    }

    private static void assertGradients(String prefix, Map<String, Param> params) {
        var expected = GOLDENS.tensors(prefix);
        assertFalse(expected.isEmpty());
        params.forEach((name, p) -> Goldens.assertClose(expected.get(name), p.grad(), 1e-5, 1e-7, prefix + name));
    }
}
