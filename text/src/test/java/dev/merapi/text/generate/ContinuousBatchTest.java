package dev.merapi.text.generate;

import dev.merapi.tensor.Scope;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ContinuousBatchTest {
    private static final Letters LETTERS = new Letters();
    private static final Generation DRAWN = Generation.DEFAULT.temperature(1).maxTokens(30);

    /** Texts join at different steps, end at different ones, outgrow the context, and one leaves. */
    @Test void eachTextIsWhatItIsAlone() {
        try (var model = new Gpt2(Gpt2Config.of(26, 24, 1, 2, 16, 0))) {
            var generator = new Generator(model, LETTERS);
            var prompts = List.of("a", "hello", "zq", "volcano");
            var options = List.of(DRAWN.seed(1), DRAWN.seed(2).maxTokens(7).repetitionPenalty(1.3),
                    Generation.DEFAULT.maxTokens(40), DRAWN.seed(4).topK(3));
            long before = Scope.live();
            var texts = new ArrayList<StringBuilder>();
            var all = new ArrayList<ContinuousBatch.Text>();
            try (var batch = generator.batch()) {
                for (int i = 0; i < prompts.size(); i++) {
                    var text = new StringBuilder();
                    texts.add(text);
                    all.add(batch.add(LETTERS.encode(prompts.get(i)), options.get(i), text::append));
                    batch.step();
                    batch.step();
                }
                var left = batch.add(LETTERS.encode("gone"), DRAWN.maxTokens(100), _ -> { });
                batch.step();
                batch.remove(left);
                batch.remove(left); // it has left
                while (batch.size() > 0) batch.step();
                assertEquals(List.of(), batch.step());
                assertEquals(before, Scope.live());
                assertEquals(1, left.tokens());
            }
            for (int i = 0; i < prompts.size(); i++) {
                assertEquals(generator.generate(prompts.get(i), options.get(i)), texts.get(i).toString());
                assertTrue(all.get(i).isCut());
            }
            assertEquals(List.of(30, 7, 40, 30), all.stream().map(ContinuousBatch.Text::tokens).toList());
        }
    }

    @Test void aTextThatCannotGoOnSpoilsNoOther() {
        try (var model = new Gpt2(Gpt2Config.of(26, 24, 1, 2, 16, 0))) {
            var generator = new Generator(model, LETTERS);
            try (var batch = generator.batch()) {
                var once = Generation.DEFAULT.noRepeatNgram(1).maxTokens(100);
                var stuck = batch.add(LETTERS.encode("a"), once, _ -> { });
                var text = new StringBuilder();
                var other = batch.add(LETTERS.encode("b"), DRAWN, text::append);
                assertThrows(IllegalArgumentException.class, () -> batch.add(LETTERS.encode("c".repeat(25)), DRAWN,
                        _ -> { }));
                while (batch.size() > 0) batch.step();
                assertTrue(stuck.error().getMessage().contains("All 26 are ruled out after 25 new tokens"));
                assertFalse(stuck.isCut());
                assertEquals(null, other.error());
                assertEquals(generator.generate("b", DRAWN), text.toString());
            }
        }
    }

    /** Rules, and those who hear of a text, may be anyone's: what they throw ends their own text alone. */
    @Test void aTextWhoseRulesFailSpoilsNoOther() {
        try (var model = new Gpt2(Gpt2Config.of(26, 24, 1, 2, 16, 0))) {
            var generator = new Generator(model, LETTERS);
            var rules = List.<LogitsProcessor.Bounded>of(
                    (_, _) -> (_, _) -> { throw new IllegalStateException("rules"); },
                    (_, _) -> (_, _) -> { throw new StackOverflowError(); });
            try (var batch = generator.batch()) {
                var failing = new ArrayList<ContinuousBatch.Text>();
                for (var own : rules) {
                    failing.add(batch.add(LETTERS.encode("a"), new ContinuousBatch.Writing(DRAWN, own, -1, _ -> { },
                            _ -> { })));
                }
                failing.add(batch.add(LETTERS.encode("a"), DRAWN, _ -> { throw new IllegalStateException("out"); }));
                var text = new StringBuilder();
                batch.add(LETTERS.encode("b"), DRAWN, text::append);
                while (batch.size() > 0) batch.step();
                assertEquals(generator.generate("b", DRAWN), text.toString());
                assertEquals("rules", failing.get(0).error().getMessage());
                assertTrue(failing.get(1).error().getMessage().contains("StackOverflowError"));
                assertEquals("out", failing.get(2).error().getMessage());
            }
        }
    }

    @Test void aTemperatureTooSmallForFloatsTakesTheLikeliest() {
        try (var model = new Gpt2(Gpt2Config.of(26, 24, 1, 2, 16, 0))) {
            var generator = new Generator(model, LETTERS);
            for (double least : new double[] {Double.MIN_VALUE, 1e-45, 1e-38}) {
                assertEquals(generator.generate("a", Generation.DEFAULT.maxTokens(20)),
                        generator.generate("a", DRAWN.temperature(least).maxTokens(20)));
            }
        }
    }
}
