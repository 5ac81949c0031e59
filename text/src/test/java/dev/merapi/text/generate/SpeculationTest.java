package dev.merapi.text.generate;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Guessed texts are those that are written without guesses, whoever guesses. */
class SpeculationTest {
    private static final int VOCABULARY = 12; // few, so that texts repeat themselves
    private static final long[] PROMPT = {1, 4, 2, 8, 5, 7, 1, 4};

    private static CausalLm model(boolean llama, int seed) {
        Torch.seed(seed);
        return llama ? new Llama(LlamaConfig.of(Family.MISTRAL, VOCABULARY, 16, 24, 2, 4, 2).context(40).window(9))
                : new Gpt2(Gpt2Config.of(VOCABULARY, 40, 2, 2, 16, 0));
    }

    /** Of sharp opinions, so that rounding decides nothing. */
    private static CausalLm sharp(CausalLm model) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.params().values().stream().distinct().filter(param -> param.rank() == 2)
                    .forEach(param -> param.copy_(param.add(Tensor.randn(param.shape()).mul(0.5))));
        }
        return model;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void textsAreTheSame(boolean llama) {
        try (var model = sharp(model(llama, 5)); var small = sharp(model(!llama, 6))) {
            var plain = new Generator(model, new Letters(), 0);
            long before = Scope.live();
            for (var options : List.of(Generation.DEFAULT.maxTokens(30), Generation.DEFAULT.maxTokens(30)
                    .temperature(1.2).seed(9).repetitionPenalty(1.1), Generation.DEFAULT.maxTokens(60))) {
                long[] expected = plain.generate(PROMPT, options); // 60 go beyond the context of 40
                Guesser wrong = (_, most) -> new long[most];
                assertArrayEquals(expected, plain.guessing(Guesser.lookup(3), 6).generate(PROMPT, options));
                assertArrayEquals(expected, plain.guessing(wrong, 4).generate(PROMPT, options));
                try (var draft = new DraftModel(small); var itself = new DraftModel(model)) {
                    assertArrayEquals(expected, plain.guessing(draft, 5).generate(PROMPT, options));
                    assertArrayEquals(expected, plain.guessing(itself, 5).generate(PROMPT, options));
                }
            }
            assertTrue(Scope.live() <= before);
        }
    }

    /** A model that guesses for itself guesses right: of six tokens read at once, all are kept. */
    @Test void rightGuessesSavePasses() {
        try (var model = sharp(model(false, 5)); var draft = new DraftModel(model)) {
            var asked = new ArrayList<Integer>();
            Guesser counted = (text, most) -> {
                asked.add(text.length);
                return draft.guess(text, most);
            };
            var writer = new Generator(model, new Letters()).guessing(counted, 5);
            long[] text = writer.generate(PROMPT, Generation.DEFAULT.maxTokens(24));
            assertEquals(24, text.length);
            assertEquals(List.of(9, 15, 21, 27), asked.subList(0, 4));
        }
    }

    @Test void lookupFindsWhatFollowedLast() {
        long[] text = {3, 1, 2, 9, 8, 1, 2, 7, 6, 1, 2};
        assertArrayEquals(new long[] {7, 6, 1}, Guesser.lookup(2).guess(text, 3));
        assertArrayEquals(new long[] {7, 6, 1, 2}, Guesser.lookup(5).guess(text, 9)); // no five, so two
        assertArrayEquals(new long[0], Guesser.lookup(2).guess(new long[] {1, 2, 3}, 3));
        String message = assertThrows(IllegalArgumentException.class, () -> new Generator(null, new Letters(), 0)
                .guessing(Guesser.lookup(2), 0)).getMessage();
        assertEquals("Generator.guessing: expected at least 1. Received 0.", message);
    }
}
