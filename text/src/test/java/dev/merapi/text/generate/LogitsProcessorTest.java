package dev.merapi.text.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.LogitsProcessor.Written;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The rules by which tokens are chosen, against what {@code src/test/python/sampling_goldens.py} computed. */
class LogitsProcessorTest {
    private static final JsonNode GOLDENS = read();
    private static final Generation DRAWN = Generation.DEFAULT.temperature(1);

    static final List<Map.Entry<String, Generation>> CASES = List.of(
            Map.entry("repetitionPenalty 1.3", DRAWN.repetitionPenalty(1.3)),
            Map.entry("frequencyPenalty 0.4", DRAWN.frequencyPenalty(0.4)),
            Map.entry("presencePenalty -0.6", DRAWN.presencePenalty(-0.6)),
            Map.entry("noRepeatNgram 1", DRAWN.noRepeatNgram(1)),
            Map.entry("noRepeatNgram 2", DRAWN.noRepeatNgram(2)),
            Map.entry("noRepeatNgram 3", DRAWN.noRepeatNgram(3)),
            Map.entry("topK 7", DRAWN.topK(7)),
            Map.entry("topK 1000", DRAWN.topK(1000)),
            Map.entry("topP 0.5", DRAWN.topP(0.5)),
            Map.entry("topP 0.01", DRAWN.topP(0.01)),
            Map.entry("topP 0.999", DRAWN.topP(0.999)),
            Map.entry("minP 0.1", DRAWN.minP(0.1)),
            Map.entry("all", DRAWN.repetitionPenalty(1.3).frequencyPenalty(0.4).presencePenalty(0.2).noRepeatNgram(2)
                    .temperature(0.7).topK(50).topP(0.9).minP(0.05)));

    private static JsonNode read() {
        try (var in = LogitsProcessorTest.class.getResourceAsStream("/goldens/sampling.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static float[] floats(JsonNode values) {
        var floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).isNull() ? Float.NEGATIVE_INFINITY : values.get(i).floatValue();
        }
        return floats;
    }

    private static long[] longs(JsonNode values) { return values.valueStream().mapToLong(JsonNode::asLong).toArray(); }

    @ParameterizedTest @FieldSource("CASES")
    void logitsAreThoseOfTorch(Map.Entry<String, Generation> c) {
        try (var _ = Scope.open()) {
            Tensor logits = Tensor.of(floats(GOLDENS.get("logits")));
            float[] before = logits.toFloats();
            var written = new Written(longs(GOLDENS.get("prompt")), longs(GOLDENS.get("text")));
            Tensor penalised = LogitsProcessor.of(c.getValue()).process(written, logits);
            float[] after = TokenSampler.warp(penalised.unsqueeze(0), List.of(c.getValue())).squeeze(0).toFloats();
            assertArrayEquals(floats(GOLDENS.get("cases").get(c.getKey())), after, 1e-5f);
            assertArrayEquals(before, logits.toFloats(), "what came is left as it was");
        }
    }

    /** Where nothing is written yet, and nothing was read. */
    @Test void rulesOnWhatIsThereNeedNothingToBeThere() {
        try (var _ = Scope.open()) {
            Tensor logits = Tensor.of(new float[] {1, 2, 3});
            var rules = Generation.DEFAULT.repetitionPenalty(2).presencePenalty(1).noRepeatNgram(2);
            var none = new Written(new long[0], new long[0]);
            assertTrue(LogitsProcessor.of(rules).process(none, logits).sameAs(logits));
        }
    }

    /** 20,000 tokens, and how far their counts are from what they should be. */
    @Test void tokensAreDrawnAsOftenAsTheyAreProbable() {
        double[] p = {0.4, 0.3, 0.15, 0.1, 0.05};
        check(new double[] {0.4, 0.3, 0.15, 0.1, 0.05}, p, DRAWN);
        check(new double[] {0.4 / 0.7, 0.3 / 0.7, 0, 0, 0}, p, DRAWN.topK(2));
        check(new double[] {0.4 / 0.85, 0.3 / 0.85, 0.15 / 0.85, 0, 0}, p, DRAWN.topP(0.75));
        check(new double[] {0.4 / 0.95, 0.3 / 0.95, 0.15 / 0.95, 0.1 / 0.95, 0}, p, DRAWN.minP(0.2));
        double squares = 0.16 + 0.09 + 0.0225 + 0.01 + 0.0025;
        check(new double[] {0.16 / squares, 0.09 / squares, 0.0225 / squares, 0.01 / squares, 0.0025 / squares}, p,
                DRAWN.temperature(0.5));
    }

    private static void check(double[] expected, double[] probabilities, Generation options) {
        var logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) logits[i] = (float) Math.log(probabilities[i]) + 3;
        var generator = new Generator(new TinyModel(_ -> logits), new Letters());
        int draws = 20_000;
        var counts = new int[probabilities.length];
        var prompts = Collections.nCopies(100, new long[] {1}); // each with a seed of its own
        for (long[] ids : generator.generateIds(prompts, options.maxTokens(draws / prompts.size()))) {
            for (long id : ids) counts[(int) id]++;
        }
        double chiSquare = IntStream.range(0, counts.length).filter(i -> expected[i] > 0)
                .mapToDouble(i -> Math.pow(counts[i] - draws * expected[i], 2) / (draws * expected[i])).sum();
        IntStream.range(0, counts.length).filter(i -> expected[i] == 0).forEach(i -> assertEquals(0, counts[i]));
        assertTrue(chiSquare < 18.5, options + ": chi-square " + chiSquare); // 99.9 % of four degrees of freedom
    }
}
