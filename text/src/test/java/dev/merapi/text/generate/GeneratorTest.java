package dev.merapi.text.generate;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GeneratorTest {
    private static final Letters LETTERS = new Letters();
    private static final Generation DRAWN = Generation.DEFAULT.temperature(1).maxTokens(40);

    @Test void greedyIsALoopOfArgmax() {
        var expected = new StringBuilder("hello");
        for (int step = 0; step < 50; step++) {
            var logits = TinyModel.logits(LETTERS.encode(expected.toString()), 26, 1);
            int best = IntStream.range(0, 26).reduce((a, b) -> logits[b] > logits[a] ? b : a).getAsInt();
            expected.append((char) ('a' + best));
        }
        var model = TinyModel.random(26, 1);
        var text = new Generator(model, LETTERS).generate("hello", Generation.DEFAULT.maxTokens(50));
        assertEquals(expected.toString(), "hello" + text);
        assertEquals(49, model.newTokens); // the last one is not read
        assertEquals(0, model.open);
    }

    @Test void aTextEndsWithTheEndToken() {
        var generator = new Generator(TinyModel.saying(26, 1, 2, 3, 25, 4), LETTERS, 25);
        assertEquals("bcd", generator.generate("a", Generation.DEFAULT));
        assertEquals("b", generator.generate("a", Generation.DEFAULT.stopIds(2)));
        assertArrayEquals(new long[] {1, 2, 3}, generator.generate(new long[] {0}, Generation.DEFAULT));
    }

    @Test void stopTextsAreNotShownEvenInParts() {
        var said = LETTERS.encode("theendisnear");
        var generator = new Generator(TinyModel.saying(26, said), LETTERS);
        assertEquals(List.of("t", "h", "e"), pieces(generator, Generation.DEFAULT.stop("end")));
        assertEquals(List.of("t", "h", "e", "e", "nd"), pieces(generator, Generation.DEFAULT.stop("ndx", "is")));
        var noStop = pieces(generator, Generation.DEFAULT.maxTokens(12).stop("nearby")); // held until the very end
        assertEquals("theendisnear", String.join("", noStop));
        assertEquals("near", noStop.getLast());
        assertArrayEquals(Arrays.copyOf(said, 6),
                generator.generate(new long[] {0}, Generation.DEFAULT.stop("end")));
    }

    private static List<String> pieces(Generator generator, Generation options) {
        var pieces = new ArrayList<String>();
        assertEquals(generator.generate("a", options, pieces::add), String.join("", pieces));
        return pieces;
    }

    @Test void aBatchOfAnyLengthsGivesWhatEachPromptGivesAlone() {
        var prompts = List.of("a", "merapi", "volcanoes", "zz");
        for (var options : List.of(Generation.DEFAULT.maxTokens(40), DRAWN, DRAWN.topK(3).seed(5),
                DRAWN.repetitionPenalty(1.3).frequencyPenalty(0.5), DRAWN.stop("e"))) {
            var model = TinyModel.random(26, 3);
            var generator = new Generator(model, LETTERS, 0, 1);
            var alone = prompts.stream().map(prompt -> generator.generate(prompt, options)).toList();
            model.batches.clear();
            assertEquals(alone, generator.generateAll(prompts, options));
            assertEquals(4, model.batches.getFirst());
            assertTrue(model.batches.getLast() < 4, "texts that ended leave the batch: " + model.batches);
            assertEquals(alone.stream().mapToInt(String::length).max().orElseThrow() + 1, model.batches.size(), 1);
        }
    }

    @Test void theSeedDecides() {
        var generator = new Generator(TinyModel.random(26, 1), LETTERS);
        assertEquals(generator.generate("a", DRAWN), generator.generate("a", DRAWN));
        assertNotEquals(generator.generate("a", DRAWN), generator.generate("a", DRAWN.seed(1)));
        var equal = generator.generateAll(List.of("a", "a", "b"), DRAWN);
        assertEquals(generator.generate("a", DRAWN), equal.getFirst());
        assertNotEquals(equal.get(0), equal.get(1)); // equal prompts still give different texts
    }

    @Test void severalTexts() {
        var generator = new Generator(TinyModel.random(26, 1), LETTERS);
        var drawn = generator.generateSeveral("a", 3, DRAWN);
        assertEquals(3, Set.copyOf(drawn).size());
        assertEquals(generator.generate("a", DRAWN), drawn.getFirst());
        var search = Generation.DEFAULT.maxTokens(5).beams(4);
        var best = generator.generateSeveral("a", 4, search);
        assertEquals(4, Set.copyOf(best).size());
        assertEquals(generator.generate("a", search), best.getFirst());
        assertEquals("Generator: expected from 1 text to 4, as there are beams. Received 5; give more beams, or a"
                + " temperature.", assertThrows(IllegalArgumentException.class,
                        () -> generator.generateSeveral("a", 5, search)).getMessage());
    }

    @Test void aProcessorOfOnesOwn() {
        var even = Tensor.arange(26).remainder(2).eq(0);
        var generator = new Generator(TinyModel.random(26, 1), LETTERS)
                .with((_, logits) -> logits.maskedFill(even, Double.NEGATIVE_INFINITY));
        long[] ids = LETTERS.encode(generator.generate("a", DRAWN));
        assertEquals(40, ids.length);
        assertTrue(Arrays.stream(ids).allMatch(id -> id % 2 == 1));
    }

    @Test void aTranslatorsTextDoesNotGoOnFromItsSource() {
        var model = TinyModel.saying(26, 0, 1, 0);
        model.firstToken = OptionalLong.of(2);
        var options = Generation.DEFAULT.maxTokens(3).noRepeatNgram(1);
        assertEquals("ab", new Generator(model, LETTERS).generate("b", options).substring(0, 2));
        model.firstToken = OptionalLong.empty();
        assertNotEquals('b', new Generator(model, LETTERS).generate("b", options).charAt(1));
    }

    @Test void memoryStaysFlatOver200Steps() {
        var generator = new Generator(TinyModel.random(500, 1), LETTERS);
        var options = Generation.DEFAULT.maxTokens(200).temperature(0.9).topK(50).topP(0.9).minP(0.01)
                .repetitionPenalty(1.2).presencePenalty(0.1).noRepeatNgram(4);
        var prompts = List.of(new long[] {1}, new long[] {2, 3});
        generator.generateIds(prompts, options);
        long before = Scope.live();
        var live = new ArrayList<Long>();
        generator.with((_, logits) -> {
            live.add(Scope.live());
            return logits;
        }).generateIds(prompts, options);
        assertTrue(Scope.live() <= before);
        assertEquals(400, live.size());
        assertTrue(live.get(398) <= live.get(2));
        generator.generateIds(prompts, Generation.DEFAULT.beams(3).maxTokens(20));
        assertTrue(Scope.live() <= before);
    }

    @Test void whatIsWrongIsSaid() {
        var generator = new Generator(TinyModel.random(26, 1), LETTERS);
        assertMessage("Generator: expected at least one token. Received none in prompt 1: give it some text, or the"
                + " token that begins one.", () -> generator.generateAll(List.of("a", ""), DRAWN));
        var nan = new TinyModel(ids -> new float[] {0, ids.length == 3 ? Float.NaN : 1});
        assertMessage("Generator: expected logits without NaN. Received NaN for sequence 1 after 1 new tokens: the"
                + " model's weights are damaged, or its number type is too narrow.",
                () -> new Generator(nan, LETTERS).generateAll(List.of("a", "ab"), DRAWN));
        assertEquals(0, nan.open);
        for (var options : List.of(DRAWN, Generation.DEFAULT, Generation.DEFAULT.beams(2))) {
            assertMessage("Generator: expected a token that may come next. All 2 are ruled out after 1 new tokens, by"
                    + " the model's logits or by noRepeatNgram.",
                    () -> new Generator(TinyModel.random(2, 1), LETTERS).generate("a", options.noRepeatNgram(1)));
        }
        assertEquals(List.of(), generator.generateAll(List.of(), DRAWN));
        assertFalse(generator.generate("a", Generation.DEFAULT.maxTokens(1)).isEmpty());
    }

    private static void assertMessage(String expected, Runnable run) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, run::run).getMessage());
    }
}
