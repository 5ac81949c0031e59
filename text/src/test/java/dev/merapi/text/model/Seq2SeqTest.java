package dev.merapi.text.model;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Schedule;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.model.seq2seq.Pair;
import dev.merapi.text.model.seq2seq.PairBatch;
import dev.merapi.text.model.seq2seq.Seq2SeqConfig;
import dev.merapi.text.model.seq2seq.Seq2SeqTransformer;
import dev.merapi.text.model.seq2seq.SequenceToSequence;
import dev.merapi.text.tokenizer.CharTokenizer;
import dev.merapi.train.Trainer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class Seq2SeqTest {
    private static Seq2SeqTransformer model(boolean preNorm) {
        Torch.seed(3);
        return new Seq2SeqTransformer(new Seq2SeqConfig(15, 8, 2, 12, 2, 2, 0.1, preNorm, 12, 1, 2));
    }

    /** Sources of several lengths in a batch, and each alone: token by token as the whole at once. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theCacheChangesNothing(boolean preNorm) {
        try (var model = model(preNorm); var _ = Scope.open()) {
            model.eval();
            var sources = List.of(new long[] {3, 4, 5, 6}, new long[] {7}, new long[] {8, 9});
            long[] target = {1, 3, 5, 7, 9, 11};
            long before = Scope.live();
            try (var together = model.begin(sources, 5)) {
                for (int step = 0; step < 6; step++) {
                    try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                        for (int row = 0; row < 3; row++) {
                            long[] source = sources.get(row);
                            Tensor expected = model.forward(Tensor.of(source, 1, source.length),
                                    Tensor.of(new long[] {source.length}),
                                    Tensor.of(Arrays.copyOf(target, step + 1), 1, step + 1)).select(1, -1);
                            assertClose(expected, together.logits().narrow(0, row, 1), "step " + step + ", " + row);
                        }
                        long next = step < 5 ? target[step + 1] : 0;
                        if (step < 5) together.read(Tensor.of(new long[] {next, next, next}));
                    }
                }
            }
            assertTrue(Scope.live() <= before, "tensors are left"); // garbage may have gone
        }
    }

    @Test void sequencesCanBeChosenOnTheWay() {
        try (var model = model(true); var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.eval();
            try (var decoding = model.begin(List.of(new long[] {3, 4, 5}, new long[] {6}), 4)) {
                decoding.read(Tensor.of(new long[] {4, 5}));
                decoding.select(Tensor.of(new long[] {1, 1}));
                decoding.read(Tensor.of(new long[] {6, 7}));
                for (int row = 0; row < 2; row++) {
                    Tensor expected = model.forward(Tensor.of(new long[] {6}, 1, 1), Tensor.of(new long[] {1}),
                            Tensor.of(new long[] {1, 5, 6 + row}, 1, 3)).select(1, -1);
                    assertClose(expected, decoding.logits().narrow(0, row, 1), "row " + row);
                }
            }
        }
    }

    /** What stands behind a source's end changes nothing. */
    @Test void fillIsNotRead() {
        try (var model = model(false); var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.eval();
            Tensor lengths = Tensor.of(new long[] {2});
            Tensor target = Tensor.of(new long[] {1, 5}, 1, 2);
            assertClose(model.forward(Tensor.of(new long[] {3, 4}, 1, 2), lengths, target),
                    model.forward(Tensor.of(new long[] {3, 4, 9, 9}, 1, 4), lengths, target), "fill");
        }
    }

    @Test void batchesAreFramedAndFilled() {
        var config = new Seq2SeqConfig(15, 8, 2, 12, 1, 1, 0, true, 5, 1, 2);
        try (var _ = Scope.open()) {
            var batch = PairBatch.collate(config).collate(List.of(new Pair(new long[] {3, 4}, new long[] {5}),
                    new Pair(new long[] {6}, new long[] {7, 8, 9, 10, 11, 12})));
            assertArrayEquals(new long[] {3, 4, 6, 2}, batch.source().toLongs());
            assertArrayEquals(new long[] {2, 1}, batch.lengths().toLongs());
            assertArrayEquals(new long[] {1, 5, 2, 2, 2, 1, 7, 8, 9, 10}, batch.decoderIds().toLongs());
            assertArrayEquals(new long[] {5, 2, -100, -100, -100, 7, 8, 9, 10, 2}, batch.labels().toLongs());
        }
    }

    /** To reverse a word, the decoder must find each letter's place in the source. */
    @Test void wordsAreReversed() {
        Torch.seed(1337);
        var random = new Random(1);
        var words = IntStream.range(0, 3_200).mapToObj(_ -> random.ints(3 + random.nextInt(4), 'a', 'f')
                .mapToObj(Character::toString).reduce("", String::concat)).toList();
        var letters = CharTokenizer.train(Stream.of("abcde"), "<s>", "</s>");
        var config = new Seq2SeqConfig(letters.vocabSize(), 32, 2, 64, 1, 1, 0, true, 16, 0, 1);
        var pairs = words.stream().map(word -> new Pair(letters.encode(word), letters.encode(reversed(word)))).toList();
        try (var model = new Seq2SeqTransformer(config);
                var train = Loader.of(Dataset.of(pairs.subList(0, 3_000)), 64, PairBatch.collate(config)).shuffle(1)) {
            Trainer.of(new SequenceToSequence(model, 0)).optimizer(m -> new Adam(m, 5e-3))
                    .scheduleOver(Schedule::cosine).epochs(8).fit(train);
            var generator = new Generator(model, letters, config.eos());
            var unseen = words.subList(3_000, 3_200);
            long live = Scope.live();
            for (var options : List.of(Generation.DEFAULT.maxTokens(10), Generation.DEFAULT.maxTokens(10).beams(3))) {
                var written = generator.generateAll(unseen, options);
                long right = IntStream.range(0, 200)
                        .filter(i -> written.get(i).equals(reversed(unseen.get(i)))).count();
                assertTrue(right >= 170, right + " of 200 with " + options); // by chance, none is
            }
            assertTrue(Scope.live() <= live, "tensors are left"); // garbage may have gone
        }
    }

    private static String reversed(String word) { return new StringBuilder(word).reverse().toString(); }

    @Test void badInputIsNamed() {
        try (var model = model(true); var _ = Scope.open()) {
            Tensor one = Tensor.of(new long[] {1});
            assertMessage("Seq2SeqTransformer: expected a source of at most 12 tokens. Received 13; shorten it.",
                    () -> model.forward(Tensor.zeros(DType.INT64, 1, 13), one, Tensor.zeros(DType.INT64, 1, 1)));
            assertMessage("Seq2SeqTransformer: expected as many targets as sources, 1. Received 2",
                    () -> model.forward(Tensor.zeros(DType.INT64, 1, 1), one, Tensor.zeros(DType.INT64, 2, 1)));
            assertMessage("Seq2SeqTransformer: expected a target of at most 12 tokens. Received 13; shorten it.",
                    () -> model.forward(one.unsqueeze(0), one, Tensor.zeros(DType.INT64, 1, 13)));
            assertMessage("Seq2SeqTransformer: expected sources of at least one token each. Received an empty one",
                    () -> model.begin(List.of(new long[0]), 2));
            assertMessage("embedding (Embedding): expected ids from 0 to 14. Received 15.",
                    () -> model.begin(List.of(new long[] {15}), 2));
        }
        assertMessage("Pair: expected a source of at least one token. Received none.",
                () -> new Pair(new long[0], new long[1]));
        assertMessage("Seq2SeqConfig.heads: expected heads that divide the width 8. Received 3.",
                () -> new Seq2SeqConfig(15, 8, 3, 12, 1, 1, 0, true, 5, 1, 2));
    }

    private static void assertMessage(String expected, Runnable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }

    private static void assertClose(Tensor expected, Tensor actual, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), what);
        assertTrue(expected.allClose(actual, 1e-5, 1e-5),
                () -> what + ": differs by " + expected.sub(actual).abs().max().item());
    }
}
