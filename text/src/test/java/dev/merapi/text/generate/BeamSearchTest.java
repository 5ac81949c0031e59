package dev.merapi.text.generate;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

class BeamSearchTest {
    private static final int VOCABULARY = 5;
    private static final int LENGTH = 4;
    private static final long END = 0;

    private final TinyModel model = TinyModel.random(VOCABULARY, 2);
    private final Generator generator = new Generator(model, new Letters(), END);

    @Test void asManyBeamsAsTextsFindTheBestOfAll() {
        for (double penalty : new double[] {0, 0.6, 1, 2, -1}) {
            for (long first = 1; first < 9; first++) {
                long[] prompt = {first, 7};
                var best = best(prompt, new long[0], 0, penalty);
                assertArrayEquals(best.ids(), generator.generate(prompt,
                        Generation.DEFAULT.maxTokens(LENGTH).beams(700).lengthPenalty(penalty)),
                        "prompt " + first + ", penalty " + penalty);
            }
        }
    }

    /** The best text by looking at all of them. */
    private Text best(long[] prompt, long[] ids, double total, double penalty) {
        if (ids.length == LENGTH) return new Text(ids, total / Math.pow(LENGTH, penalty));
        double[] log = logProbabilities(prompt, ids);
        var best = new Text(ids, (total + log[(int) END]) / Math.pow(ids.length + 1, penalty));
        for (long id = 1; id < VOCABULARY; id++) {
            var longer = best(prompt, join(ids, id), total + log[(int) id], penalty);
            if (longer.score() > best.score()) best = longer;
        }
        return best;
    }

    private record Text(long[] ids, double score) {}

    private double[] logProbabilities(long[] prompt, long[] ids) {
        float[] logits = model.function.apply(join(prompt, ids));
        double sum = Math.log(IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i])).sum());
        return IntStream.range(0, logits.length).mapToDouble(i -> logits[i] - sum).toArray();
    }

    private static long[] join(long[] a, long... b) {
        return LongStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
    }

    @Test void twoBeamsFindWhatGreedyMisses() {
        // 1 is likelier than 2 at first, but all that follows 1 is improbable.
        var trap = new TinyModel(ids -> switch ((int) ids[ids.length - 1]) {
            case 1 -> log(0.01, 0.33, 0.33, 0.33);
            case 2 -> log(0.97, 0.01, 0.01, 0.01);
            default -> log(0.01, 0.5, 0.45, 0.04);
        });
        var search = new Generator(trap, new Letters(), END);
        long[] prompt = {3};
        assertEquals(1, search.generate(prompt, Generation.DEFAULT.maxTokens(2))[0]);
        assertArrayEquals(new long[] {2}, search.generate(prompt, Generation.DEFAULT.maxTokens(2).beams(2)));
    }

    private static float[] log(double... probabilities) {
        var logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) logits[i] = (float) Math.log(probabilities[i]);
        return logits;
    }

    @Test void longerTextsByTheLengthPenalty() {
        // Each token costs more than its share, and the end is always at hand.
        var even = new Generator(new TinyModel(_ -> log(0.4, 0.6)), new Letters(), END);
        var options = Generation.DEFAULT.maxTokens(6).beams(3);
        assertArrayEquals(new long[0], even.generate(new long[] {1}, options.lengthPenalty(0)));
        assertArrayEquals(new long[] {1, 1, 1, 1, 1, 1}, even.generate(new long[] {1}, options.lengthPenalty(2)));
    }

    @Test void earlyStoppingTakesTheFirstThatEnd() {
        var options = Generation.DEFAULT.maxTokens(6).beams(2).lengthPenalty(2);
        var model = new TinyModel(_ -> log(0.4, 0.6));
        var even = new Generator(model, new Letters(), END);
        assertArrayEquals(new long[] {1}, even.generate(new long[] {1}, options.earlyStopping(true)));
        int early = model.batches.size();
        even.generate(new long[] {1}, options);
        assertEquals(2, early);
        assertEquals(6, model.batches.size() - early);
    }

    @Test void aBatchGivesWhatEachPromptGivesAlone() {
        var prompts = List.of(new long[] {1}, new long[] {2, 3, 4}, new long[] {4, 4}, new long[] {1});
        for (var options : List.of(Generation.DEFAULT.beams(3), Generation.DEFAULT.beams(4).earlyStopping(true),
                Generation.DEFAULT.beams(2).lengthPenalty(0).repetitionPenalty(1.5).noRepeatNgram(2))) {
            var batch = generator.generateIds(prompts, options.maxTokens(12));
            for (int i = 0; i < prompts.size(); i++) {
                assertArrayEquals(generator.generate(prompts.get(i), options.maxTokens(12)), batch.get(i));
            }
        }
        assertEquals(0, model.open);
    }

    @Test void theTextEndsAtAStopText() {
        var one = new Generator(TinyModel.saying(26, 5, 6, 7, 8), new Letters());
        var options = Generation.DEFAULT.maxTokens(4).beams(2).stop("h");
        assertEquals("fg", one.generate("a", options));
        assertArrayEquals(new long[] {5, 6, 7}, one.generate(new long[] {0}, options));
    }
}
