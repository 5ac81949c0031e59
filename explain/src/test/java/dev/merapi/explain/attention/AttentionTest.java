package dev.merapi.explain.attention;

import dev.merapi.explain.Explainer;
import dev.merapi.explain.Game;
import dev.merapi.explain.gradient.DeepLift;
import dev.merapi.explain.gradient.Embedded;
import dev.merapi.explain.gradient.GradCam;
import dev.merapi.explain.gradient.IntegratedGradients;
import dev.merapi.explain.gradient.Saliency;
import dev.merapi.explain.perturb.FeatureAblation;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.vision.model.VisionTransformer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AttentionTest {
    private static VisionTransformer vit() {
        Torch.seed(1);
        var vit = new VisionTransformer(new VisionTransformer.Config(32, 8, 32, 3, 4, 64, 0), 5);
        vit.eval();
        return vit;
    }

    @Test void rolloutIsTheProductOfMeansWithHalfOfTheResidualPath() {
        try (var _ = Scope.open()) {
            var a = Tensor.of(new double[] {1, 0, 0.5, 0.5, 0, 1, 0.5, 0.5}, 1, 2, 2, 2);
            // the mean over heads [[0.5, 0.5], [0.5, 0.5]], mixed [[0.75, 0.25], [0.25, 0.75]], squared
            double[][] all = AttentionMaps.rollout(List.of(a, a));
            assertArrayEquals(new double[] {0.625, 0.375}, all[0], 1e-6);
            assertArrayEquals(new double[] {0.375, 0.625}, all[1], 1e-6);
        }
    }

    @Test void aVisionTransformersAttentionIsSeen() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            var vit = vit();
            var x = Tensor.randn(1, 3, 32, 32);
            var weights = AttentionMaps.weights(vit, vit, x);
            assertEquals(3, weights.size());
            assertArrayEquals(new long[] {1, 4, 17, 17}, weights.getFirst().shape());
            for (double[] row : AttentionMaps.rollout(weights)) assertEquals(1, Arrays.stream(row).sum(), 1e-5);
            double[][] raising = AttentionMaps.weighted(vit, vit, x, 2);
            assertEquals(17, raising.length);
            assertTrue(Arrays.stream(raising[0]).skip(1).sum() > 0);
            // squares behind the class's token speak for it in the block before the last norm
            var map = GradCam.of(vit).explain(x, 2);
            assertArrayEquals(new long[] {32, 32}, map.shape());
            assertTrue(Arrays.stream(map.values()).max().orElseThrow() > 0);
            var named = GradCam.of(vit).layer("encoder.layers.encoder_layer_1.ln_1").explain(x, 2);
            assertEquals(1024, named.values().length);
            vit.close();
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void deepShapOfBertSumsToTheOutput() {
        try (var _ = Scope.open()) {
            Torch.seed(2);
            var bert = new SequenceClassifier(BertConfig.of(100, 32, 2, 4, 32));
            bert.eval();
            try (var _ = Torch.noGrad()) { // as after training, not as drawn small
                bert.params().forEach((name, p) -> {
                    if (p.rank() == 2) p.mul_(5);
                });
            }
            Unary scores = ids -> bert.forward(Tokens.of(ids));
            var ids = Tensor.of(new long[] {2, 17, 45, 80, 33, 9, 3}, 1, 7);
            var blank = Tensor.of(new long[] {2, 4, 4, 4, 4, 4, 3, 2, 60, 61, 62, 63, 64, 3}, 2, 7);
            var embedded = Embedded.of(bert, scores, ids);
            var vectors = embedded.vectors(ids);
            double plain = scores.forward(ids).select(1, 1).item();
            assertEquals(plain, embedded.forward(vectors).select(1, 1).item(), 1e-5);
            var found = new DeepLift(bert, embedded, embedded.vectors(blank)).explain(vectors, 1);
            assertEquals(0, found.gap(), 1e-4);
            double moved = Math.abs(found.output() - found.base());
            assertTrue(moved > 0.01, "" + moved);
            assertEquals(7, embedded.summed(found).values().length);
            var integrated = new IntegratedGradients(embedded, embedded.vectors(blank)).explain(vectors, 1);
            assertEquals(0, integrated.gap(), 1e-3 * moved);
            assertEquals(2, AttentionMaps.weights(bert, scores, ids).size());
            bert.close();
        }
    }

    /** Of one block and head: what differences of the attended values say, times the values, times the weights. */
    @Test void ofBertAttentionCountsAsFarAsItRaisesTheOutput() {
        long before = Scope.live();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Torch.seed(3);
            var bert = new SequenceClassifier(BertConfig.of(20, 16, 1, 1, 8));
            bert.eval();
            bert.params().forEach((_, p) -> {
                if (p.rank() == 2) p.mul_(20);
            });
            Unary scores = ids -> bert.forward(Tokens.of(ids));
            var ids = Tensor.of(new long[] {2, 17, 9, 3}, 1, 4);
            var values = new Tensor[1];
            try (var _ = Hooks.listen(bert, call -> {
                if (call.path().endsWith("self.value")) values[0] = call.output();
            })) {
                scores.forward(ids);
            }
            float[] v = values[0].toFloats(), weights = AttentionMaps.weights(bert, scores, ids).getFirst().toFloats();
            var expected = new double[] {1, 0, 0, 0};
            var slopes = new double[8];
            for (int d = 0; d < 8; d++) slopes[d] = (moved(bert, scores, ids, d, 0.01)
                    - moved(bert, scores, ids, d, -0.01)) / 0.02;
            for (int token = 0; token < 4; token++) {
                double slope = 0;
                for (int d = 0; d < 8; d++) slope += slopes[d] * v[8 * token + d];
                expected[token] += Math.max(0, weights[token] * slope);
            }
            double[][] found = AttentionMaps.weighted(bert, scores, ids, 1);
            assertTrue(Arrays.stream(expected).sum() > 1.001, Arrays.toString(expected));
            assertArrayEquals(expected, found[0], 0.01 * (Arrays.stream(expected).sum() - 1));
            assertArrayEquals(new double[] {0, 0, 1, 0}, found[2], 1e-6); // the answer is read at the first token
            bert.close();
        }
        assertTrue(Scope.live() <= before);
    }

    /** The score of class 1 when number {@code d} of what the first token attended to is greater by {@code by}. */
    private static double moved(SequenceClassifier bert, Unary scores, Tensor ids, int d, double by) {
        try (var _ = Scope.open(); var _ = Hooks.around(bert, call -> {
            if (!call.path().endsWith("attention.output.dense")) return call.output();
            var move = new double[4 * 8];
            move[d] = by;
            var x = call.inputs().getFirst().add(Tensor.of(move, 1, 4, 8).to(DType.FLOAT32));
            return ((Unary) call.layer()).forward(x);
        })) {
            return scores.forward(ids).select(1, 1).item();
        }
    }

    /** Attention that leaves tokens out, as of padding, is not taken for attention to all. */
    @Test void maskedAttentionIsRefused() {
        try (var _ = Scope.open()) {
            Torch.seed(3);
            var bert = new SequenceClassifier(BertConfig.of(20, 16, 1, 2, 8));
            bert.eval();
            var mask = Tensor.of(new long[] {1, 1, 1, 0}, 1, 4).to(DType.BOOL);
            Unary masked = ids -> bert.forward(new Tokens(ids, null, mask));
            var ids = Tensor.of(new long[] {2, 17, 9, 3}, 1, 4);
            var error = assertThrows(IllegalArgumentException.class, () -> AttentionMaps.weights(bert, masked, ids));
            assertTrue(error.getMessage().contains("an input without padding"), error.getMessage());
            bert.close();
        }
    }

    private static Gpt2 gpt() {
        Torch.seed(4);
        var gpt = new Gpt2(Gpt2Config.NANO);
        gpt.eval();
        return gpt;
    }

    @Test void theLensEndsAtWhatTheModelSays() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            var gpt = gpt();
            var ids = Tensor.of(new long[] {5, 9, 31, 4}, 1, 4);
            var lens = LogitLens.of(gpt, ids);
            assertEquals(4, lens.layers().size());
            var said = gpt.forward(ids).softmax(-1).select(0, 0).select(0, 3).toFloats();
            assertArrayEquals(said, lens.probabilities()[3][3], 1e-5f);
            assertEquals(4, lens.best(0).length);
            var linear = new Linear(4, 4);
            var error = assertThrows(IllegalArgumentException.class, () -> LogitLens.of(linear, Tensor.ones(1, 4)));
            assertTrue(error.getMessage().contains("such as Gpt2 or Llama"), error.getMessage());
            linear.close();
            gpt.close();
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void promptsAreExplainedTokenByToken() {
        try (var _ = Scope.open()) {
            var gpt = gpt();
            var next = new NextToken(gpt);
            var ids = Tensor.of(new long[] {5, 9, 31, 4, 60}, 1, 5);
            var blank = ids.zerosLike();
            var ablated = Explainer.hiding(Game.of(next, blank, Game.each(5)), new FeatureAblation()).explain(ids, 7);
            assertEquals(5, ablated.values().length);
            assertEquals(next.forward(ids).select(1, 7).item(), ablated.output(), 1e-5);
            var embedded = Embedded.of(gpt, next, ids);
            var slopes = embedded.summed(Saliency.timesInput(embedded).explain(embedded.vectors(ids), 7));
            assertEquals(5, slopes.values().length);
            var integrated = new IntegratedGradients(embedded, embedded.vectors(blank))
                    .explain(embedded.vectors(ids), 7);
            assertEquals(0, integrated.gap(), 1e-3 * Math.abs(integrated.output() - integrated.base()) + 1e-5);
            gpt.close();
        }
    }
}
