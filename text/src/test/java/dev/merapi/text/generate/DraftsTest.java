package dev.merapi.text.generate;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.ContinuousBatch.Limits;
import dev.merapi.text.generate.Drafts.Wanted;
import dev.merapi.text.generate.RaggedDecoding.Memory;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a draft guesses for many texts is what it guesses for each alone. */
class DraftsTest {
    private static final int MOST = 5;
    private static final long BLOCK = 2 * 32 * 2 * 8 * 4 * 2; // bytes of 32 tokens in the model below

    /** Of sharp opinions, so that rounding decides nothing. */
    private static CausalLm model() {
        Torch.seed(5);
        var model = new Llama(LlamaConfig.of(Family.LLAMA, 26, 16, 24, 2, 2, 2).context(120));
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.params().values().stream().filter(param -> param.rank() == 2)
                    .forEach(param -> param.copy_(param.add(Tensor.randn(param.shape()).mul(0.5))));
        }
        return model;
    }

    private static long[] letters(long seed, int count) {
        var random = new SplittableRandom(seed);
        return LongStream.range(0, count).map(_ -> random.nextInt(26)).toArray();
    }

    private static long[] joined(long[] a, long... b) {
        return LongStream.concat(LongStream.of(a), LongStream.of(b)).toArray();
    }

    private static long[] alone(CausalLm model, long[] text, int most) {
        try (var draft = new DraftModel(model)) {
            return draft.guess(text, most);
        }
    }

    /** Texts of one beginning that go on otherwise than was guessed, over the ends of blocks of 32 tokens. */
    @Test void guessesAreThoseOfEachAlone() {
        try (var model = model()) {
            long before = Scope.live();
            try (var _ = Scope.open(); var _ = Torch.noGrad(); var draft = new DraftModel(model);
                    var drafts = new Drafts(draft, Limits.DEFAULT)) {
                var texts = new ArrayList<long[]>();
                for (int i = 0; i < 4; i++) texts.add(joined(letters(9, 28), letters(i / 2, 1))); // two pairs
                var random = new SplittableRandom(1);
                for (int step = 0; step < 12; step++) {
                    var guesses = guess(drafts, texts);
                    for (int i = 0; i < texts.size(); i++) {
                        long[] own = alone(model, texts.get(i), MOST);
                        assertArrayEquals(own, guesses.get(i), "text " + i + " in step " + step);
                        int kept = random.nextInt(MOST + 1); // the rest was wrong
                        texts.set(i, joined(joined(texts.get(i), LongStream.of(own).limit(kept).toArray()),
                                random.nextInt(26)));
                    }
                    if (step == 6) { // one that joins, and one that leaves
                        drafts.leave(0);
                        texts.set(0, letters(9, 40));
                    }
                }
            }
            assertTrue(Scope.live() <= before);
        }
    }

    private static List<long[]> guess(Drafts drafts, List<long[]> texts) {
        return drafts.guess(IntStream.range(0, texts.size()).mapToObj(i -> new Wanted(i, texts.get(i), MOST)).toList());
    }

    @Test void whatIsNotReadYetIsNotGuessedAt() {
        try (var model = model(); var _ = Scope.open(); var _ = Torch.noGrad(); var draft = new DraftModel(model);
                var drafts = new Drafts(draft, new Limits(16, Memory.DEFAULT))) {
            var texts = List.of(letters(1, 40), letters(2, 3), letters(3, 118), letters(4, 121));
            assertEquals(List.of(0, 0, 0, 0), lengths(guess(drafts, texts))); // 16 tokens of the first
            assertEquals(List.of(0, 0, 0, 0), lengths(guess(drafts, texts)));
            assertEquals(List.of(5, 5, 0, 0), lengths(guess(drafts, texts)));
            for (int i = 0; i < 9; i++) guess(drafts, texts);
            assertEquals(List.of(5, 5, 3, 0), lengths(guess(drafts, texts))); // up to a context of 120
        }
    }

    @Test void whoHasNoRoomHasNoGuesses() {
        try (var model = model(); var _ = Scope.open(); var _ = Torch.noGrad(); var draft = new DraftModel(model);
                var drafts = new Drafts(draft, new Limits(256, new Memory(2 * BLOCK, null)))) {
            var texts = List.of(letters(1, 31), letters(2, 20), letters(3, 20));
            assertEquals(List.of(2, 5, 0), lengths(guess(drafts, texts)));
            drafts.leave(1);
            assertEquals(List.of(5), lengths(guess(drafts, texts.subList(0, 1))));
            assertEquals(List.of(5, 0, 0), lengths(guess(drafts, texts)));
        }
    }

    private static List<Integer> lengths(List<long[]> guesses) {
        return guesses.stream().map(some -> some.length).toList();
    }
}
