package dev.merapi.optim;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What every optimizer promises: exact resume, constant memory, frozen parameters, any layout and type. */
class OptimizerTest {
    /** How an optimizer is made; its name is shown in reports. */
    record Kind(String name, Function<List<ParamGroup>, Optimizer> maker) {
        Optimizer on(Layer layer) { return maker.apply(List.of(ParamGroup.of(layer))); }

        @Override public String toString() { return name; }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind("sgd", g -> new Sgd(g, 0.01)),
                new Kind("sgd with momentum", g -> new Sgd(g, 0.01, Sgd.Options.DEFAULT.nesterov(0.9))),
                new Kind("adagrad", g -> new Adagrad(g, 0.05)),
                new Kind("rmsprop", g -> new RmsProp(g, 0.01, new RmsProp.Options(0.9, 0.5, true, 1e-6, 0.01))),
                new Kind("adam", g -> new Adam(g, 0.02, Adam.Options.DEFAULT.amsgrad(true))),
                new Kind("adamw", g -> new AdamW(g, 0.02)),
                new Kind("adadelta", g -> new Adadelta(g, 1)),
                new Kind("adamax", g -> new Adamax(g, 0.02)),
                new Kind("lion", g -> new Lion(g, 0.003)));
    }

    private Scope scope;
    private Sequential net;
    private Tensor x;
    private Tensor y;

    @BeforeEach void open() {
        scope = Scope.open();
        Torch.seed(3);
        net = net();
        x = Tensor.randn(16, 3);
        y = x.sum(new long[] {1}, true).sin();
    }

    @AfterEach void close() {
        net.close();
        scope.close();
    }

    private static Sequential net() { return new Sequential(new Linear(3, 8), Tensor::tanh, new Linear(8, 1)); }

    private double train(Sequential net, Optimizer optimizer, int steps) {
        double loss = 0;
        for (int i = 0; i < steps; i++) {
            try (var _ = Scope.open()) {
                var error = net.forward(x).sub(y).square().mean();
                optimizer.zeroGrad();
                error.backward();
                optimizer.step();
                loss = error.item();
            }
        }
        return loss;
    }

    /** Copies of weights, such as packed ones, are made anew when the engine's count of changes has grown. */
    @ParameterizedTest
    @MethodSource("kinds")
    void aStepCountsAsAChange(Kind kind) {
        try (var optimizer = kind.on(net)) {
            for (int step = 0; step < 2; step++) {
                net.forward(x).sub(y).square().mean().backward();
                var before = versions();
                optimizer.step();
                for (int i = 0; i < before.size(); i++) assertTrue(versions().get(i) > before.get(i));
            }
        }
    }

    private List<Long> versions() { return net.params().values().stream().map(p -> p.unwrap()._version()).toList(); }

    @ParameterizedTest
    @MethodSource("kinds")
    void learns(Kind kind) {
        try (var optimizer = kind.on(net)) {
            double first = train(net, optimizer, 1), last = train(net, optimizer, 300);
            assertTrue(last < first / 2, first + " became " + last);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void keepsItsMemoryConstant(Kind kind) { assertMemoryConstant(kind, 100); }

    @Tag("proof")
    @ParameterizedTest
    @MethodSource("kinds")
    void keepsItsMemoryConstantForLong(Kind kind) { assertMemoryConstant(kind, 5_000); }

    /** Not equal: the garbage of other tests may be freed meanwhile. */
    private void assertMemoryConstant(Kind kind, int steps) {
        long before = Scope.live();
        try (var optimizer = kind.on(net)) {
            train(net, optimizer, 2);
            long warm = Scope.live();
            train(net, optimizer, steps);
            assertTrue(Scope.live() <= warm, warm + " tensors became " + Scope.live());
        }
        assertTrue(Scope.live() <= before, before + " tensors became " + Scope.live() + " after close");
    }

    /** 5 steps, a save, 5 more; the same from the save on another model and optimizer, bit for bit. */
    @ParameterizedTest
    @MethodSource("kinds")
    void resumesExactly(Kind kind) {
        try (var twin = net(); var optimizer = kind.on(net); var resumed = kind.on(twin)) {
            train(net, optimizer, 5);
            var weights = copies(net.tensors());
            var state = copies(optimizer.state());
            train(net, optimizer, 5);

            train(twin, resumed, 3); // what it remembers is replaced
            twin.params().forEach((name, param) -> param.set(weights.get(name).copy()));
            resumed.load(state);
            train(twin, resumed, 5);
            net.params().forEach((name, param) -> assertTrue(param.sameAs(twin.params().get(name)), name));
        }
    }

    private static Map<String, Tensor> copies(Map<String, Tensor> tensors) {
        var copies = new LinkedHashMap<String, Tensor>();
        tensors.forEach((name, tensor) -> copies.put(name, tensor.detach().copy()));
        return copies;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void leavesParametersWithoutGradientAlone(Kind kind) {
        var first = net.params().get("0.weight");
        var last = net.params().get("2.weight");
        try (var optimizer = kind.on(net)) {
            first.requiresGrad_(false);
            var frozen = first.detach().copy();
            var before = last.detach().copy();
            train(net, optimizer, 2);
            assertTrue(first.sameAs(frozen), "frozen");
            assertFalse(last.sameAs(before), "trained");
            assertEquals(Set.of("0.bias.step", "2.weight.step", "2.bias.step"), steps(optimizer).keySet());

            first.requiresGrad_(true); // thawed later, so at its own first step
            train(net, optimizer, 1);
            assertFalse(first.sameAs(frozen), "thawed");
            assertEquals(Map.of("0.weight.step", 1L, "0.bias.step", 3L, "2.weight.step", 3L, "2.bias.step", 3L),
                    steps(optimizer));
        }
    }

    private static Map<String, Long> steps(Optimizer optimizer) {
        var steps = new LinkedHashMap<String, Long>();
        optimizer.state().forEach((name, t) -> {
            if (name.endsWith(".step")) steps.put(name, t.itemLong());
        });
        return steps;
    }

    /** The weight of a convolution, in either layout; gradients come in the other one at times. */
    @ParameterizedTest
    @MethodSource("kinds")
    void layoutsInMemoryDoNotMatter(Kind kind) {
        var start = Tensor.randn(4, 3, 2, 2);
        var plain = new Param(start.copy());
        var last = new Param(start.channelsLast());
        assertTrue(last.isChannelsLast() && !last.isContiguous());
        try (var a = kind.maker.apply(List.of(group(plain))); var b = kind.maker.apply(List.of(group(last)))) {
            for (int i = 0; i < 3; i++) {
                var gradient = Tensor.randn(4, 3, 2, 2);
                backward(plain, gradient);
                backward(last, gradient);
                if (i > 0) last.unwrap().mutable_grad().set_data(gradient.unwrap()); // contiguous
                a.step();
                b.step();
            }
            assertTrue(last.isChannelsLast());
            assertTrue(plain.allClose(last, 1e-6, 1e-7), plain + " is not " + last);
            b.state().forEach((name, t) -> assertTrue(t.rank() == 0 || t.isChannelsLast(), name));
        }
    }

    private static ParamGroup group(Param param) { return new ParamGroup(Map.of("w", param), 1, 1); }

    private static void backward(Param param, Tensor gradient) {
        param.clearGrad();
        param.mul(gradient).sum().backward();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void stateFollowsItsParameter(Kind kind) {
        var start = Tensor.randn(2, 3, 2, 2);
        var stays = new Param(start.copy());
        var moves = new Param(start.copy());
        try (var a = kind.maker.apply(List.of(group(stays))); var b = kind.maker.apply(List.of(group(moves)))) {
            for (int i = 0; i < 4; i++) {
                if (i == 1) moves.set(moves.detach().channelsLast());
                if (i == 2) moves.set(moves.detach().to(DType.FLOAT64));
                if (i == 3) moves.set(moves.detach().to(DType.FLOAT32).contiguous());
                moves.clearGrad();
                var gradient = Tensor.randn(2, 3, 2, 2);
                backward(stays, gradient);
                backward(moves, gradient.to(moves.dtype()));
                a.step();
                b.step();
            }
            assertTrue(stays.allClose(moves, 1e-5, 1e-6), stays + " is not " + moves);
        }
    }

    @Test void groupsScaleTheLearningRate() {
        var half = ParamGroup.of(net, name -> name.startsWith("0.")).rate(0.5);
        var still = ParamGroup.of(net, name -> name.startsWith("2.")).rate(0);
        try (var sgd = new Sgd(List.of(half, still), 1)) {
            var before = copies(net.tensors());
            net.forward(x).sum().backward();
            sgd.learningRate(0.2);
            sgd.step();
            net.params().forEach((name, param) -> {
                double rate = name.startsWith("0.") ? 0.1 : 0;
                var expected = before.get(name).sub(param.grad().mul(rate));
                assertTrue(param.allClose(expected, 1e-6, 1e-7), name);
            });
        }
    }

    @Test void onlyMatricesDecay() {
        var groups = ParamGroup.decayMatrices(net);
        assertEquals(Set.of("0.weight", "2.weight"), groups.get(0).params().keySet());
        assertEquals(Set.of("0.bias", "2.bias"), groups.get(1).params().keySet());
        assertEquals(List.of(1.0, 0.0), groups.stream().map(ParamGroup::decay).toList());
    }

    @Test void zeroGradForgetsGradients() {
        net.forward(x).sum().backward();
        try (var sgd = new Sgd(net, 0.1)) {
            sgd.zeroGrad();
            net.params().forEach((name, param) -> assertEquals(null, param.grad(), name));
        }
    }

    @Test void wrongSettingsAreExplained() {
        assertFails("Adam.learningRate: expected more than 0. Received 0.0.", () -> new Adam(net, 0));
        assertFails("Sgd.learningRate: expected more than 0. Received NaN.", () -> new Sgd(net, Double.NaN));
        assertFails("Sgd.momentum: expected a number from 0 to below 1. Received 1.0.", () -> new Sgd(net, 0.1, 1.0));
        assertFails("Sgd: Nesterov's variant expects a momentum and no dampening. Received momentum 0.0, dampening 0.0",
                () -> new Sgd.Options(0, 0, true, 0));
        assertFails("Adam.beta2: expected a number from 0 to below 1. Received 1.5.",
                () -> Adam.Options.DEFAULT.betas(0.9, 1.5));
        assertFails("ParamGroup.rate: expected at least 0. Received -1.0.", () -> ParamGroup.of(net).rate(-1));
        assertFails("AdamW: expected at least one parameter. Received none; does the layer keep its parameters in"
                + " fields?", () -> new AdamW(new Sequential(Tensor::relu), 0.1));
        assertFails("Sgd: expected each parameter, and each name, in one group only. Received 0.weight twice.",
                () -> new Sgd(List.of(ParamGroup.of(net), ParamGroup.of(net)), 0.1));
        assertFails("Clip.norm: expected a norm above 0. Received 0.0.", () -> Clip.norm(net, 0));
    }

    @Test void aWrongRateLeavesTheOldOne() {
        try (var sgd = new Sgd(net, 0.1)) {
            assertFails("Sgd.learningRate: expected at least 0. Received -1.0.", () -> sgd.learningRate(-1));
            assertEquals(0.1, sgd.learningRate());
            sgd.learningRate(0); // a warm-up starts so
            assertEquals(0, sgd.learningRate());
        }
    }

    @Test void loadNamesEveryMismatchAndChangesNothing() {
        try (var adam = new Adam(net, 0.1)) {
            train(net, adam, 1);
            var saved = new LinkedHashMap<>(copies(adam.state()));
            saved.remove("0.bias.exp_avg");
            saved.put("2.weight.exp_avg_sq", Tensor.zeros(8, 1));
            saved.put("4.weight.exp_avg", Tensor.zeros(2));
            var before = copies(adam.state());
            assertFails("""
                    Adam.load: expected the state of the same optimizer over the same parameters. Received
                      0.bias.exp_avg: missing
                      2.weight.exp_avg_sq: shape (8, 1), expected (1, 8)
                      4.weight.exp_avg: no such parameter or slot here""", () -> adam.load(saved));
            adam.state().forEach((name, t) -> assertTrue(t.sameAs(before.get(name)), name));
        }
    }

    @Test void aParameterWithGapsInMemoryIsRefused() {
        var gappy = new Param(Tensor.randn(4, 4).narrow(1, 0, 2));
        try (var adam = new Adam(List.of(group(gappy)), 0.1)) {
            backward(gappy, Tensor.randn(4, 2));
            assertFails("w: expected a parameter whose memory has no gaps. Received a view of a larger tensor; call"
                    + " param.set(param.contiguous()) before the first step.", adam::step);
        }
    }

    private static void assertFails(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
