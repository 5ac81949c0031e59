package dev.merapi.text.seams;

import dev.merapi.nn.Hook;
import dev.merapi.nn.Hooks;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What blocks of a model compute, seen and changed from outside. */
class HooksTest {
    private static final String BLOCK = "bert\\.encoder\\.layer\\.\\d";

    private final SequenceClassifier model = new SequenceClassifier(BertConfig.of(40, 12, 2, 2, 16).dropout(0));

    @BeforeEach void exact() {
        Torch.seed(7);
        model.eval();
        model.to(DType.FLOAT64);
    }

    private Tensor score() {
        var tokens = Tokens.of(List.of(new long[] {2, 8, 5, 9, 3}), 0);
        return model.forward(tokens).narrow(1, 1, 1).sum();
    }

    /** As Grad-CAM needs (Selvaraju et al. 2017, arXiv:1610.02391): a score's gradients by what blocks compute. */
    @Test void activationsAndGradientsOfBlocks() {
        try (var _ = Scope.open()) {
            Map<String, Tensor> activations = new TreeMap<>(), gradients = new TreeMap<>();
            try (var _ = Hooks.listen(model, call -> {
                if (!call.path().matches(BLOCK)) return;
                activations.put(call.path(), call.output());
                call.output().onGradient(g -> {
                    gradients.put(call.path(), g.copy());
                    return null;
                });
            })) {
                score().backward();
            }
            assertEquals(List.of("bert.encoder.layer.0", "bert.encoder.layer.1"), List.copyOf(gradients.keySet()));
            gradients.forEach((block, gradient) -> {
                Tensor activation = activations.get(block).detach();
                Tensor byHand = gradientByHand(block, activation);
                assertTrue(gradient.sub(byHand).abs().max().item() < 1e-9, block);
                assertTrue(gradient.abs().max().item() > 1e-4, block);
                Tensor direction = activation.randnLike();
                double step = 1e-4;
                double slope = (scoreWith(block, activation.add(direction.mul(step)))
                        - scoreWith(block, activation.sub(direction.mul(step)))) / (2 * step);
                assertEquals(slope, gradient.mul(direction).sum().item(), 1e-6, block);
                Tensor map = activation.mul(gradient.mean(new long[] {1}, true)).sum(2).relu(); // (1, T)
                assertEquals(5, map.numel());
            });
        }
    }

    /** The block's result becomes a leaf: what is behind it is differentiated by itself. */
    private Tensor gradientByHand(String block, Tensor activation) {
        Tensor leaf = activation.copy().requiresGrad_(true);
        try (var _ = Hooks.around(model, call -> call.path().equals(block) ? leaf : call.output())) {
            return score().gradOf(leaf, false);
        }
    }

    private double scoreWith(String block, Tensor patch) {
        try (var _ = Hooks.around(model, call -> call.path().equals(block) ? patch : call.output())) {
            return score().item();
        }
    }

    @Test void twoHooksChangeABlockInTheirOrder() {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var seen = new ArrayList<Tensor>();
            var next = new ArrayList<Tensor>();
            try (var _ = Hooks.around(model, call -> changed(call, seen, call.output().add(1)));
                    var _ = Hooks.around(model, call -> changed(call, seen, call.output().mul(2)));
                    var _ = Hooks.listen(model, call -> {
                        if (call.path().equals("bert.encoder.layer.1")) next.add(call.inputs().getFirst());
                    })) {
                score();
            }
            assertEquals(2, seen.size());
            assertTrue(seen.get(0).add(1).sameAs(seen.get(1)), "the second sees what the first returned");
            assertTrue(seen.get(1).mul(2).sameAs(next.getFirst()), "and the next block what the second returned");
        }
    }

    private static Tensor changed(Hook.Call call, List<Tensor> seen, Tensor changed) {
        if (!call.path().equals("bert.encoder.layer.0")) return call.output();
        seen.add(call.output());
        return changed;
    }

    @Test void afterGradientNamesEveryParameterThatTheScoreReaches() {
        try (var _ = Scope.open()) {
            var norms = new TreeMap<String, Double>();
            try (var _ = Hooks.afterGradient(model, (name, p) -> norms.put(name, p.grad().norm().item()))) {
                score().backward();
            }
            assertEquals(new TreeSet<>(model.params().keySet()), norms.keySet());
            norms.forEach((name, norm) -> assertEquals(model.params().get(name).grad().norm().item(), norm, name));
        }
    }
}
