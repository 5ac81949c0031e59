package dev.merapi.nn;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HooksTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    /** Calls no hooks itself. */
    private static final class Silent extends Layer implements Unary {
        @Override public Tensor forward(Tensor x) { return x.add(1); }
    }

    @Test void eachRunOfEachLayerCallsOnce() {
        var silent = new Silent();
        var net = new Sequential(new Linear(2, 3), Activation.GELU, silent, silent, new Lambda("Half", x -> x.div(2)),
                new Residual(new Dropout(0.1)));
        var calls = new ArrayList<Hook.Call>();
        Tensor x = Tensor.ones(1, 2);
        Tensor y;
        try (var _ = Hooks.listen(net, calls::add)) {
            y = net.forward(x);
        }
        assertEquals(List.of("0 Linear", "1 GELU", "2 Silent", "3 Silent", "4 Half", "5.body Dropout", "5 Residual",
                " Sequential"), calls.stream().map(call -> call.path() + " " + call.type()).toList());
        assertSame(x, calls.getFirst().inputs().getFirst());
        for (int i = 1; i < 5; i++) assertSame(calls.get(i - 1).output(), calls.get(i).inputs().getFirst());
        assertSame(y, calls.getLast().output());
        assertSame(silent, calls.get(3).layer());
        assertNull(calls.get(1).layer());
    }

    @Test void hooksRunInOrderEachOnWhatTheOneBeforeReturned() {
        var net = new Sequential(x -> x);
        Tensor x = Tensor.ones(1);
        var first = Hooks.around(net, call -> call.path().equals("0") ? call.output().add(1) : call.output());
        var second = Hooks.around(net, call -> call.path().equals("0") ? call.output().mul(10) : call.output());
        assertEquals(20, net.forward(x).item());
        first.close();
        first.close();
        assertEquals(10, net.forward(x).item());
        second.close();
        assertEquals(1, net.forward(x).item());
        assertFalse(Hooks.isOn());
    }

    @Test void modelsOfOthersAndOtherThreadsAreLeftAlone() throws InterruptedException {
        var net = new Sequential(new Relu());
        var other = new Sequential(new Relu());
        var calls = new ArrayList<Hook.Call>();
        try (var _ = Hooks.listen(net, calls::add)) {
            other.forward(Tensor.ones(1));
            var thread = new Thread(() -> {
                try (var _ = Scope.open()) {
                    net.forward(Tensor.ones(1));
                }
            });
            thread.start();
            thread.join();
        }
        assertEquals(List.of(), calls);
    }

    @Test void whatAHookComputesCallsNone() {
        var net = new Sequential(new Relu());
        try (var _ = Hooks.around(net, call -> net.forward(call.output()).add(1))) {
            assertEquals(2 + 1, net.forward(Tensor.ones(1)).item()); // the ReLU's, then the whole's
        }
    }

    @Test void nullIsRefusedAndAThrowingHookLeavesNothingBehind() {
        var net = new Sequential(new Relu());
        Tensor x = Tensor.ones(1);
        try (var _ = Hooks.around(net, _ -> null)) {
            for (int i = 0; i < 2; i++) {
                var e = assertThrows(IllegalArgumentException.class, () -> net.forward(x));
                assertEquals("Hooks.around: expected a tensor from the hook at 0. Received null; return call.output()"
                        + " to leave it as it is.", e.getMessage());
            }
        }
        assertEquals(1, net.forward(x).item());
    }

    @Test void attentionAndBlocksCallToo() {
        var encoder = new TransformerEncoder(2, 8, 2, 16, TransformerOptions.DEFAULT);
        var decoder = new TransformerDecoder(1, 8, 2, 16, TransformerOptions.DEFAULT);
        Tensor x = Tensor.randn(1, 3, 8);
        assertEquals(List.of("layers.0.self_attn", "layers.0", "layers.1.self_attn", "layers.1", ""), composite(encoder,
                () -> encoder.forward(x)));
        assertEquals(List.of("layers.0.self_attn", "layers.0.multihead_attn", "layers.0", ""), composite(decoder,
                () -> decoder.forward(x, x)));
        var grouped = new GroupedQueryAttention(8, 4, 2);
        assertEquals(List.of(""), composite(grouped, () -> grouped.forward(x)));
        var lstm = new Lstm(8, 4);
        var cell = new GruCell(8, 4);
        var doubled = new ArrayList<Tensor>();
        try (var _ = Hooks.around(lstm, call -> call.output().mul(0));
                var _ = Hooks.around(cell, call -> call.output().mul(0))) {
            doubled.add(lstm.forward(x).y());
            doubled.add(cell.forward(Tensor.randn(1, 8), Tensor.randn(1, 4)));
        }
        doubled.forEach(y -> assertEquals(0, y.abs().sum().item()));
    }

    private static List<String> composite(Layer model, Runnable forward) {
        var paths = new ArrayList<String>();
        try (var _ = Hooks.listen(model, call -> {
            if (call.layer().layers().size() > 1) paths.add(call.path());
        })) {
            forward.run();
        }
        return paths;
    }

    @Test void afterGradientSeesTheSumOfAll() {
        var net = new Sequential(new Linear(1, 1, false), new Linear(1, 1, false), new Linear(1, 1, false));
        net.params().get("2.weight").requiresGrad_(false);
        var first = net.params().get("0.weight");
        Init.constant(3).apply(first);
        Init.constant(5).apply(net.params().get("1.weight"));
        Init.ones().apply(net.params().get("2.weight"));
        var seen = new ArrayList<String>();
        Tensor x = Tensor.ones(1, 1);
        try (var _ = Hooks.afterGradient(net, (name, p) -> seen.add(name + " " + p.grad().item()))) {
            net.forward(x).backward();
            net.forward(x).backward(); // adds to it
            first.mul(2).sum().backward(); // reaches one
            Tensor.grad(List.of(net.forward(x)), List.of(first), false); // adds to none
            assertThrows(IllegalArgumentException.class, () -> x.backward());
        }
        net.forward(x).backward();
        assertEquals(List.of("0.weight 5.0", "1.weight 3.0", "0.weight 10.0", "1.weight 6.0", "0.weight 12.0"), seen);
    }

    /** Activations that are computed again have backwards inside the backward. */
    @Test void afterGradientWaitsForTheWholeBackward() {
        var inner = new Linear(1, 1, false);
        var outer = new Linear(1, 1, false);
        var net = new Sequential(outer, inner);
        Init.constant(3).apply(inner.weight);
        var seen = new ArrayList<String>();
        Tensor x = Tensor.ones(1, 1);
        try (var _ = Hooks.afterGradient(net, (name, _) -> {
            assertTrue(outer.weight.grad() != null && inner.weight.grad() != null);
            seen.add(name);
        })) {
            Blocks.recompute(outer.forward(x), 1, (_, h) -> inner.forward(h)).sum().backward();
        }
        assertEquals(List.of("0.weight", "1.weight"), seen);
    }
}
