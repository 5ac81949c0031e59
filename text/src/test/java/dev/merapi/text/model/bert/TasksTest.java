package dev.merapi.text.model.bert;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.Tree;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.ParamGroup;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.NotFiniteException;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TasksTest {
    private static final BertConfig CONFIG = BertGoldens.config("bert");
    private static final long NONE = LabeledTokens.NONE;

    @BeforeEach void seed() { Torch.seed(1337); }

    // ---- each task learns a few examples by heart

    @Test void sequenceClassification() {
        var examples = List.of(Example.of(new long[] {2, 8, 5, 3}, 0), Example.of(new long[] {2, 9, 3}, 1),
                Example.of(new long[] {2, 5, 8, 11, 3}, 2), Example.of(new long[] {2, 14, 3}, 1));
        var task = new SequenceClassification(new SequenceClassifier(CONFIG));
        var loader = Loader.of(Dataset.of(examples), 2, LabeledTokens.perSequence(0)).shuffle(1);
        assertEquals(1, overfit(task, loader), 0);
        var trainer = Trainer.of(task);
        assertEquals(1, trainer.evaluate(loader).get("f1_macro"), 1e-9);
        try (var _ = Scope.open()) {
            var tokens = Tokens.of(List.of(examples.get(2).ids()), 0);
            Tensor probabilities = trainer.predict(new LabeledTokens(tokens, null));
            assertEquals(2, probabilities.argmax(-1).itemLong());
            assertEquals(1, probabilities.sum().item(), 1e-5);
        }
        task.model().close();
    }

    @Test void tokenClassification() {
        var examples = List.of(new Example(new long[] {2, 8, 5, 3}, null, new long[] {NONE, 1, 0, NONE}),
                new Example(new long[] {2, 8, 9, 8, 3}, new long[] {0, 0, 0, 1, 1}, new long[] {NONE, 2, 0, 1, NONE}));
        var task = new TokenClassification(new TokenClassifier(CONFIG));
        var loader = Loader.of(Dataset.of(examples), 2, LabeledTokens.perToken(0));
        assertEquals(1, overfit(task, loader), 0);
        task.model().close();
    }

    @Test void spanExtraction() {
        var examples = List.of(new Example(new long[] {2, 8, 5, 3}, null, new long[] {1, 2}),
                new Example(new long[] {2, 8, 9, 8, 3}, null, new long[] {3, 3}),
                new Example(new long[] {2, 8, 9, 3}, null, new long[] {NONE, NONE}));
        var task = new SpanExtraction(new SpanExtractor(CONFIG));
        var loader = Loader.of(Dataset.of(examples), 3, LabeledTokens.perSequence(0));
        assertEquals(1, overfit(task, loader), 0);
        try (var _ = Scope.open()) {
            for (var batch : loader) assertEquals(4, task.forward(batch).weight());
        }
        task.model().close();
    }

    /** On META nothing can be read: places are counted where they came from, and the third label is somebody else's. */
    @Test void spanExtractionCountsWithoutReadingADevice() {
        var examples = List.of(new Example(new long[] {2, 8, 5, 3}, null, new long[] {1, 2, 0}),
                new Example(new long[] {2, 8, 9, 3}, null, new long[] {NONE, NONE, 1}));
        try (var _ = Scope.open()) {
            for (var batch : Loader.of(Dataset.of(examples), 2, LabeledTokens.perSequence(0))) {
                var there = Tree.to(batch, Device.META);
                try (var _ = Torch.on(Device.META); var model = new SpanExtractor(CONFIG)) {
                    assertEquals(2, new SpanExtraction(model).forward(there).weight());
                }
            }
        }
    }

    @Test void maskedLanguageModelling() {
        var examples = List.of(new Example(new long[] {2, 4, 5, 3}, null, new long[] {NONE, 8, NONE, NONE}),
                new Example(new long[] {2, 9, 4, 4, 3}, null, new long[] {NONE, 9, 11, 5, NONE}));
        var task = new MaskedLanguageModelling(new MaskedLm(CONFIG));
        var loader = Loader.of(Dataset.of(examples), 2, LabeledTokens.perToken(0));
        assertEquals(1, overfit(task, loader), 0);
        assertTrue(Trainer.of(task).evaluate(loader).get("perplexity") < 1.5);
        try (var _ = Scope.open()) {
            for (var batch : loader) {
                Tensor words = task.predict(batch);
                assertEquals(8, words.toLongs()[1]);
                // the loss over the gaps alone is the loss over all places where the others do not count
                var pass = task.forward(batch);
                Tensor logits = task.model().forward(batch.tokens()).flatten(0, 1);
                Tensor all = new CrossEntropy().forward(logits, batch.labels().flatten());
                assertEquals(all.item(), pass.loss().item(), 1e-5);
                assertEquals(4, pass.weight());
            }
        }
        task.model().close();
    }

    private static double overfit(Task<LabeledTokens> task, Loader<LabeledTokens> loader) {
        long before = Scope.live();
        Trainer.of(task).optimizer(m -> new AdamW(ParamGroup.decayMatrices(m), 1e-2)).epochs(60).fit(loader);
        assertTrue(Scope.live() <= before); // less, where garbage of other tests was freed
        return Trainer.of(task).evaluate(loader).get("accuracy");
    }

    // ---- what training promises

    @Test void accumulatedGradientsAreThoseOfTheOneBatch() {
        var examples = List.of(new Example(new long[] {2, 8, 5, 3}, null, new long[] {NONE, 1, 0, 2}),
                new Example(new long[] {2, 8, 3}, null, new long[] {NONE, 2, NONE}),
                new Example(new long[] {2, 8, 3}, null, new long[] {NONE, NONE, NONE}));
        var whole = trained(() -> Loader.of(Dataset.of(examples), 3, LabeledTokens.perToken(0)), 1);
        var parts = trained(() -> Loader.of(Dataset.of(examples), 1, LabeledTokens.perToken(0)), 3);
        assertArrayEquals(whole, parts, 1e-6f);
    }

    private static float[] trained(Supplier<Loader<LabeledTokens>> loader, int accumulate) {
        Torch.seed(5);
        try (var model = new TokenClassifier(CONFIG)) {
            Trainer.of(new TokenClassification(model)).optimizer(m -> new Sgd(m, 0.5)).accumulate(accumulate)
                    .fit(loader.get());
            return model.params().get("bert.encoder.layer.0.output.dense.weight").toFloats();
        }
    }

    @Test void aNaNIsTracedToItsLayer() {
        var model = new SequenceClassifier(CONFIG.dropout(0));
        var loader = Loader.of(Dataset.of(List.of(Example.of(new long[] {2, 8, 3}, 0))), 1,
                LabeledTokens.perSequence(0));
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.params().get("bert.encoder.layer.1.attention.self.value.bias").fill_(10);
            model.params().get("bert.encoder.layer.1.attention.output.dense.weight").fill_(3e38);
        }
        var e = assertThrows(NotFiniteException.class, () ->
                Trainer.of(new SequenceClassification(model)).optimizer(m -> new Sgd(m, 0.1)).fit(loader));
        assertTrue(e.getMessage().contains("bert.encoder.layer.1.attention.output.dense is the first layer whose output"
                + " is not finite"), e.getMessage());
    }

    // ---- batches and masking

    @Test void batchesAreFilledUp() {
        var a = new Example(new long[] {2, 8, 5, 3}, new long[] {0, 0, 1, 1}, new long[] {NONE, 1, 0, 2});
        var b = new Example(new long[] {2, 3}, null, new long[] {1, NONE});
        try (var _ = Scope.open()) {
            var batch = LabeledTokens.perToken(7).collate(List.of(a, b));
            assertEquals("[2, 8, 5, 3, 2, 3, 7, 7]", Arrays.toString(batch.tokens().ids().toLongs()));
            assertEquals("[0, 0, 1, 1, 0, 0, 0, 0]", Arrays.toString(batch.tokens().typeIds().toLongs()));
            assertEquals("[-100, 1, 0, 2, 1, -100, -100, -100]", Arrays.toString(batch.labels().toLongs()));
            assertEquals("[true, true, true, true, true, true, false, false]",
                    Arrays.toString(batch.tokens().mask().toBooleans()));
            var e = assertThrows(IllegalArgumentException.class, () -> LabeledTokens.perToken(7)
                    .collate(List.of(Example.of(new long[] {2, 3}, 1))));
            assertEquals("LabeledTokens: expected 2 labels. Received 1 for an example of 2 tokens", e.getMessage());
        }
    }

    @Test void maskingHidesAsPublished() {
        var ids = IntStream.range(0, 100_000).mapToLong(i -> i % 10 == 0 ? 2 : 5 + i % 90).toArray();
        var masked = Masking.of(4, 1000, Set.of(0L, 2L, 3L, 4L)).apply(Example.of(ids), new SplittableRandom(1));
        int chosen = 0, hidden = 0, other = 0;
        for (int i = 0; i < ids.length; i++) {
            if (masked.labels()[i] == NONE) {
                assertEquals(ids[i], masked.ids()[i]);
                continue;
            }
            assertEquals(ids[i], masked.labels()[i]);
            assertTrue(ids[i] != 2);
            chosen++;
            if (masked.ids()[i] == 4) hidden++;
            else if (masked.ids()[i] != ids[i]) other++;
        }
        assertEquals(0.15, chosen / 90_000.0, 0.005);
        assertEquals(0.8, (double) hidden / chosen, 0.01);
        assertEquals(0.1, (double) other / chosen, 0.01);
    }
}
