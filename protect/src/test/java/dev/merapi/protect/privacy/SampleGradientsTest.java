package dev.merapi.protect.privacy;

import dev.merapi.nn.AttentionOptions;
import dev.merapi.nn.Conv1d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.Conv3d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.F;
import dev.merapi.nn.GroupNorm;
import dev.merapi.nn.GroupedQueryAttention;
import dev.merapi.nn.Gru;
import dev.merapi.nn.Init;
import dev.merapi.nn.InstanceNorm;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.LearnedPositions;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Lstm;
import dev.merapi.nn.Mask;
import dev.merapi.nn.MultiHeadAttention;
import dev.merapi.nn.PRelu;
import dev.merapi.nn.PaddingMode;
import dev.merapi.nn.RmsNorm;
import dev.merapi.nn.Rnn;
import dev.merapi.nn.RnnOptions;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.TransformerEncoderLayer;
import dev.merapi.nn.TransformerOptions;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Pass;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The reference is a loop over single samples by plain backward, in which recurrent layers run the engine's kernels.
 */
class SampleGradientsTest {
    private static final int SAMPLES = 5;
    private static final Map<String, Case> CASES = new LinkedHashMap<>();

    /** A model, a batch for it, and which of its parameters have no closed form. */
    private record Case(Supplier<Layer> model, Supplier<Tensor> x, Function<Layer, Function<Tensor, Tensor>> forward,
            Set<String> slow) {}

    private static void unary(String name, Supplier<Layer> model, long... shape) {
        add(name, model, () -> Tensor.randn(shape), layer -> ((Unary) layer)::forward);
    }

    private static void add(String name, Supplier<Layer> model, Supplier<Tensor> x,
            Function<Layer, Function<Tensor, Tensor>> forward, String... slow) {
        CASES.put(name, new Case(model, x, forward, Set.of(slow)));
    }

    static {
        unary("linear", () -> new Linear(4, 3), SAMPLES, 4);
        unary("linear of few steps", () -> new Linear(8, 9), SAMPLES, 3, 8);
        unary("linear of many steps", () -> new Linear(2, 3), SAMPLES, 6, 2, 2);
        unary("conv1d", () -> new Conv1d(4, 6, 3, ConvOptions.DEFAULT.stride(2).padding(1).groups(2)), SAMPLES, 4, 9);
        unary("conv2d", () -> new Conv2d(3, 4, 3), SAMPLES, 3, 7, 6);
        unary("conv2d of all options", () -> new Conv2d(4, 6, 3,
                ConvOptions.DEFAULT.stride(2, 1).padding(2, 1).dilation(2, 1).groups(2)), SAMPLES, 4, 8, 7);
        unary("conv2d same, reflected", () -> new Conv2d(2, 3, 4, ConvOptions.SAME.mode(PaddingMode.REFLECT)),
                SAMPLES, 2, 6, 6);
        unary("conv2d of one tap", () -> new Conv2d(3, 4, 1, ConvOptions.DEFAULT.stride(2)), SAMPLES, 3, 6, 6);
        unary("conv3d", () -> new Conv3d(2, 3, 2, ConvOptions.DEFAULT.stride(1, 2, 1).padding(0, 1, 1)), SAMPLES, 2, 4,
                5, 4);
        unary("layer norm", () -> trained(new LayerNorm(6)), SAMPLES, 3, 6);
        unary("rms norm", () -> trained(new RmsNorm(6)), SAMPLES, 3, 6);
        unary("group norm", () -> trained(new GroupNorm(2, 4, 1e-5)), SAMPLES, 4, 3, 3);
        unary("instance norm", () -> trained(new InstanceNorm(4, 1e-5, 0.1, true, false)), SAMPLES, 4, 3, 3);
        unary("positions", () -> new LearnedPositions(7, 4), SAMPLES, 5, 4);
        unary("attention", () -> new MultiHeadAttention(8, 2), SAMPLES, 4, 8);
        unary("grouped attention", () -> new GroupedQueryAttention(8, 4, 2), SAMPLES, 4, 8);
        unary("transformer", () -> new TransformerEncoderLayer(8, 2, 16, TransformerOptions.DEFAULT.dropout(0)),
                SAMPLES, 4, 8);
        add("cross attention", () -> new MultiHeadAttention(8, 2, AttentionOptions.DEFAULT), () ->
                Tensor.randn(SAMPLES, 4, 8), layer -> x -> ((MultiHeadAttention) layer).forward(x.narrow(1, 0, 2),
                x.narrow(1, 1, 3), x.narrow(1, 1, 3), Mask.NONE));
        add("embedding", () -> new Embedding(7, 3, 0), () -> Tensor.randint(0, 7, SAMPLES, 6), layer -> ids ->
                ((Embedding) layer).forward(ids));
        add("lstm", () -> new Lstm(3, 4, RnnOptions.DEFAULT.layers(2).bidirectional(true)),
                () -> Tensor.randn(SAMPLES, 5, 3), layer -> x -> {
                    var out = ((Lstm) layer).forward(x);
                    return Tensor.cat(List.of(out.y().flatten(1, 2), out.h().transpose(0, 1).flatten(1, 2),
                            out.c().transpose(0, 1).flatten(1, 2)), 1);
                });
        add("gru", () -> new Gru(3, 4, RnnOptions.DEFAULT.layers(2)), () -> Tensor.randn(SAMPLES, 5, 3),
                layer -> x -> ((Gru) layer).forward(x).y());
        add("gru backwards up to lengths", () -> new Gru(3, 4, RnnOptions.DEFAULT.bidirectional(true).noBias()),
                () -> Tensor.randn(SAMPLES, 5, 3), layer -> x -> {
                    var lengths = x.select(1, 0).select(1, 0).gt(0).to(DType.INT64).mul(3).add(2);
                    return ((Gru) layer).forward(x, null, lengths).y();
                });
        add("time-major rnn", () -> new Rnn(3, 4, RnnOptions.DEFAULT.timeMajor(true)),
                () -> Tensor.randn(SAMPLES, 5, 3), layer -> x ->
                        ((Rnn) layer).forward(x.transpose(0, 1)).y().transpose(0, 1));
        add("shared", Shared::new, () -> Tensor.randint(0, 6, SAMPLES, 3), layer -> ((Shared) layer)::forward);
        add("prelu", () -> new Sequential(new Linear(4, 4), new PRelu(4)), () -> Tensor.randn(SAMPLES, 4),
                layer -> ((Unary) layer)::forward, "1.weight");
        add("used twice, once unseen", HalfSeen::new, () -> Tensor.randn(SAMPLES, 4), layer ->
                ((Unary) layer)::forward, "weight");
    }

    /** A norm whose parameters are not all 1 and 0. */
    private static <L extends Layer> L trained(L layer) {
        try (var _ = Torch.noGrad()) {
            layer.params().values().forEach(p -> p.normal_(0.5, 1));
        }
        return layer;
    }

    /** A table that is looked up and multiplied with, as in language models. */
    private static final class Shared extends Layer implements Unary {
        final Embedding table = new Embedding(6, 4);
        final Param unused = param(Init.ones(), 3);

        @Override public Tensor forward(Tensor ids) {
            return F.linear(table.forward(ids).tanh(), table.params().get("weight"), null);
        }
    }

    /** Uses its weight in a way that nobody tells of, too. */
    private static final class HalfSeen extends Layer implements Unary {
        final Param weight = param(Init.uniform(-1, 1), 4, 4);

        @Override public Tensor forward(Tensor x) { return F.linear(x, weight, null).add(x.matmul(weight)); }
    }

    static Iterable<String> cases() { return CASES.keySet(); }

    @BeforeEach void seed() { Torch.seed(1337); }

    @ParameterizedTest @MethodSource("cases") void equalThoseOfSingleSamples(String name) {
        var one = CASES.get(name);
        long before = Scope.live();
        try (var model = one.model.get(); var _ = Scope.open()) {
            var forward = one.forward.apply(model);
            Tensor x = one.x.get();
            Tensor factors = Tensor.randn(forward.apply(x).shape());
            Function<Tensor[], Pass> pass = b -> Pass.of(forward.apply(b[0]).square().mul(b[1]).sum().div(b[0].size(0)),
                    b[0].size(0));
            var gradients = new SampleGradients(model);
            var taken = gradients.of(new Tensor[] {x, factors}, pass);
            var squares = new double[SAMPLES];
            for (int i = 0; i < SAMPLES; i++) {
                model.params().values().forEach(Param::clearGrad);
                pass.apply(new Tensor[] {x.narrow(0, i, 1), factors.narrow(0, i, 1)}).loss().backward();
                for (var param : model.params().entrySet()) {
                    Tensor expected = param.getValue().grad();
                    Tensor found = taken.of(param.getValue());
                    if (expected == null) {
                        assertEquals(null, found, param.getKey());
                        continue;
                    }
                    double largest = Math.max(1, expected.abs().max().item());
                    assertEquals(0, found.select(0, i).sub(expected).abs().max().item(), 1e-5 * largest,
                            param.getKey() + " of sample " + i);
                    squares[i] += Math.pow(expected.norm().item(), 2);
                }
            }
            double[] norms = taken.norms().toDoubles();
            for (int i = 0; i < SAMPLES; i++) assertEquals(Math.sqrt(squares[i]), norms[i], 1e-5 * (1 + norms[i]));
            assertEquals(one.slow, gradients.slow());
            model.params().values().forEach(Param::clearGrad);
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void gradientsThatWereThereStay() {
        try (var model = new Linear(3, 2); var _ = Scope.open()) {
            model.forward(Tensor.ones(1, 3)).sum().backward();
            var weight = model.params().get("weight");
            double[] before = weight.grad().toDoubles();
            new SampleGradients(model).of(Tensor.randn(4, 3), x -> Pass.of(model.forward(x).mean(), 4));
            assertArrayEquals(before, weight.grad().toDoubles());
        }
    }

    @Test void frozenParametersHaveNone() {
        try (var model = new Sequential(new Linear(3, 4), new Linear(4, 2)); var _ = Scope.open()) {
            model.freeze(name -> name.startsWith("0."));
            var taken = new SampleGradients(model).of(Tensor.randn(4, 3), x -> Pass.of(model.forward(x).mean(), 4));
            assertEquals(null, taken.of(model.params().get("0.weight")));
            assertTrue(taken.of(model.params().get("1.weight")).abs().sum().item() > 0);
        }
    }
}
