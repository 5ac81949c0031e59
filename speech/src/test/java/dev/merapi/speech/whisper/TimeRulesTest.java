package dev.merapi.speech.whisper;

import dev.merapi.speech.Goldens;
import dev.merapi.speech.transcript.SpokenText;
import dev.merapi.speech.transcript.TimedText;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.LogitsProcessor.Written;
import dev.merapi.text.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Which tokens may come next, and how a window's tokens become sentences; by hand. */
class TimeRulesTest {
    private static final WhisperTokens TOKENS =
            new WhisperTokens(17, 16, Map.of("en", 18L), 21, 20, 22, List.of(3L), List.of(5L), -1, 4);
    private static final WhisperFeatures FEATURES = new WhisperFeatures(8, 16_000, 800, 1600, 1);

    /** What may follow a text, of 34 tokens that are equally likely. */
    private static List<Integer> allowed(long... text) {
        try (var _ = Scope.open()) {
            float[] left = new TimeRules(TOKENS, true).process(new Written(new long[] {17, 18, 21}, text),
                    Tensor.zeros(34)).toFloats();
            return IntStream.range(0, 34).filter(i -> left[i] > Float.NEGATIVE_INFINITY).boxed().toList();
        }
    }

    @Test void timesComeInPairsAndNeverGoBack() {
        assertEquals(List.of(23, 24, 25, 26, 27), allowed(), "a text begins with a time of up to 0.4 s");
        assertEquals(IntStream.range(0, 23).filter(i -> i != 3 && i != 22).boxed().toList(), allowed(24),
                "words follow the first time");
        assertEquals(IntStream.range(25, 34).boxed().toList(), allowed(24, 7),
                "where times together are likelier than any word, one comes, later than the last");
        assertEquals(IntStream.range(26, 34).boxed().toList(), allowed(24, 7, 26),
                "an end is followed by a beginning, at the same time or later");
        assertEquals(IntStream.range(0, 23).filter(i -> i != 3 && i != 22).boxed().toList(), allowed(24, 7, 26, 26),
                "a pair is followed by words");
    }

    @Test void aWindowEndsBehindItsLastWholeSentence() {
        var config = WhisperConfig.read(Goldens.resource("/tiny_whisper"));
        try (var tokenizer = Tokenizer.open(Goldens.resource("/tiny_whisper"))) {
            var open = WindowText.of(new long[] {23, 0, 1, 25, 25, 2, 28, 29, 4}, 10, 20, TOKENS, FEATURES, config,
                    tokenizer);
            assertEquals(List.of("[10.00 → 10.20] ab", "[10.20 → 10.50] c"), texts(open));
            assertEquals(10, open.advance()); // 0.5 s of frames of 50 ms
            var closed = WindowText.of(new long[] {23, 0, 25, 26, 1, 28}, 10, 20, TOKENS, FEATURES, config, tokenizer);
            assertEquals(List.of("[10.00 → 10.20] a", "[10.30 → 10.50] b"), texts(closed));
            assertEquals(20, closed.advance());
            var endless = WindowText.of(new long[] {24, 0, 1}, 10, 14, TOKENS, FEATURES, config, tokenizer);
            assertEquals(List.of("[10.10 → 10.70] ab"), texts(endless));
            assertEquals(14, endless.advance());
            assertEquals(List.of(), WindowText.of(new long[0], 0, 20, TOKENS, FEATURES, config, tokenizer).segments());
        }
    }

    private static List<String> texts(WindowText of) {
        return of.segments().stream().map(TimedText::toString).toList();
    }

    @Test void aTextIsItsSentences() {
        var said = new SpokenText("en", List.of(new TimedText(0, 1.5, " Hello."), new TimedText(2, 3, " Bye.")));
        assertEquals("Hello. Bye.", said.text());
    }
}
