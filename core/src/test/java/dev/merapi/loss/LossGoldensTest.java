package dev.merapi.loss;

import dev.merapi.Goldens;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Values and gradients of every loss against PyTorch's. Sums are means times {@link Loss#weight}, which tests that. */
class LossGoldensTest {
    private static final Goldens GOLDENS = Goldens.open("losses");
    private static final Map<String, Function<Tensor[], Tensor>> CASES = cases();

    private static Map<String, Function<Tensor[], Tensor>> cases() {
        var c = new TreeMap<String, Function<Tensor[], Tensor>>();
        var ce = new CrossEntropy();
        c.put("cross_entropy", mean(ce));
        c.put("cross_entropy_sum", sum(ce));
        c.put("cross_entropy_none", x -> ce.each(x[0], x[1]));
        c.put("cross_entropy_weight", x -> ce.classWeights(x[2].toDoubles()).forward(x[0], x[1]));
        c.put("cross_entropy_weight_sum", x -> sum(ce.classWeights(x[2].toDoubles())).apply(x));
        c.put("cross_entropy_smoothing", mean(ce.labelSmoothing(0.1)));
        c.put("cross_entropy_ignore", mean(ce.ignoreIndex(1)));
        c.put("cross_entropy_all", x -> ce.classWeights(x[2].toDoubles()).ignoreIndex(1).labelSmoothing(0.1)
                .forward(x[0], x[1]));
        c.put("cross_entropy_soft", mean(ce));
        c.put("cross_entropy_soft_weight", x -> ce.classWeights(x[2].toDoubles()).labelSmoothing(0.1)
                .forward(x[0], x[1]));
        c.put("cross_entropy_sequence", mean(ce));
        c.put("cross_entropy_sequence_ignore", mean(ce));
        c.put("cross_entropy_image", sum(ce));

        var nll = new Nll();
        c.put("nll", x -> nll.forward(x[0].logSoftmax(1), x[1]));
        c.put("nll_weight", x -> nll.classWeights(x[2].toDoubles()).forward(x[0].logSoftmax(1), x[1]));
        c.put("nll_ignore", x -> nll.ignoreIndex(1).forward(x[0].logSoftmax(1), x[1]));
        c.put("nll_sum", x -> nll.forward(x[0].logSoftmax(1), x[1]).mul(nll.weight(x[0], x[1])));

        var kl = new KlDivergence();
        c.put("kl_div", x -> kl.forward(x[0].logSoftmax(1), x[1]));
        c.put("kl_div_log_target", x -> new KlDivergence(true).forward(x[0].logSoftmax(1), x[1]));
        c.put("kl_div_mean", x -> kl.forward(x[0].logSoftmax(1), x[1]).div(x[0].size(1)));
        c.put("kl_div_sum", x -> kl.forward(x[0].logSoftmax(1), x[1]).mul(kl.weight(x[0], x[1])));

        var bce = new BceWithLogits();
        c.put("bce_with_logits", mean(bce));
        c.put("bce_with_logits_sum", sum(bce));
        c.put("bce_with_logits_pos_weight", x -> bce.positiveWeights(x[2].toDoubles()).forward(x[0], x[1]));
        c.put("bce_with_logits_weight", x -> bce.each(x[0], x[1]).mul(x[2]).mean());
        c.put("bce", x -> new Bce().forward(x[0].sigmoid(), x[1]));
        c.put("focal", mean(new Focal()));
        c.put("focal_sum", sum(new Focal(0.6, 1.5)));
        c.put("focal_no_alpha", mean(new Focal(-1, 2)));
        c.put("hinge", mean(new Hinge()));
        c.put("multi_margin", mean(new MultiMargin()));
        c.put("soft_margin", mean(new SoftMargin()));

        c.put("mse", mean(new Mse()));
        c.put("mse_sum", sum(new Mse()));
        c.put("mse_none", x -> new Mse().each(x[0], x[1]));
        c.put("l1", mean(new Mae()));
        c.put("l1_sum", sum(new Mae()));
        c.put("l1_none", x -> new Mae().each(x[0], x[1]));
        c.put("huber", mean(new Huber(0.7)));
        c.put("huber_sum", sum(new Huber(0.7)));
        c.put("huber_none", x -> new Huber(0.7).each(x[0], x[1]));
        c.put("smooth_l1", mean(new SmoothL1(0.5)));
        c.put("smooth_l1_sum", sum(new SmoothL1(0.5)));
        c.put("smooth_l1_none", x -> new SmoothL1(0.5).each(x[0], x[1]));

        c.put("cosine_embedding", x -> new CosineEmbedding(0.2).forward(x[0], x[1], x[2]));
        c.put("triplet_margin", x -> new Triplet(1).forward(x[0], x[1], x[2]));
        c.put("triplet_margin_p1", x -> new Triplet(0.5, 1, true).forward(x[0], x[1], x[2]).mul(x[0].size(0)));
        c.put("margin_ranking", x -> new MarginRanking(0.3).forward(x[0], x[1], x[2]));

        c.put("ctc", x -> new Ctc().forward(x[0], x[1], x[2], x[3]));
        c.put("ctc_sum", x -> new Ctc().each(x[0], x[1], x[2], x[3]).sum());
        c.put("ctc_none", x -> new Ctc().each(x[0], x[1], x[2], x[3]));
        c.put("ctc_concatenated", x -> new Ctc().forward(x[0], x[1], x[2], x[3]));
        c.put("ctc_zero_infinity", x -> new Ctc(0, true).forward(x[0], x[1], x[2], x[3]));
        return c;
    }

    private static Function<Tensor[], Tensor> mean(Loss loss) { return x -> loss.forward(x[0], x[1]); }

    private static Function<Tensor[], Tensor> sum(Loss loss) {
        return x -> loss.forward(x[0], x[1]).mul(loss.weight(x[0], x[1]));
    }

    @Test void everyGoldenIsTested() { assertEquals(GOLDENS.cases(), CASES.keySet()); }

    static Stream<String> names() { return CASES.keySet().stream(); }

    @ParameterizedTest
    @MethodSource("names")
    void equalsPyTorch(String name) {
        try (var _ = Scope.open()) {
            var in = GOLDENS.tensors(name + "/in.");
            var x = new Tensor[in.size()];
            in.forEach((i, t) -> x[Integer.parseInt(i)] = t);
            for (int i = 0; i < x.length; i++) {
                if (GOLDENS.has(name + "/grad_in." + i)) x[i].requiresGrad_(true);
            }
            var out = CASES.get(name).apply(x);
            Goldens.assertClose(GOLDENS.tensor(name + "/out"), out, 1e-5, 1e-6, "loss");
            out.backward(GOLDENS.tensor(name + "/grad_out"));
            GOLDENS.tensors(name + "/grad_in.").forEach((i, expected) -> Goldens.assertClose(expected,
                    x[Integer.parseInt(i)].grad(), 1e-5, 1e-6, "gradient of input " + i));
        }
    }
}
