package dev.merapi.text.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.merapi.text.tokenizer.TokenizerTest.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class VocabularyTest {
    private static final List<String> TEXTS = List.of("The cat<br />sat.", "THE dog's cat", "a the");

    @TempDir Path folder;

    @Test void theMostFrequentTokensComeFirst() {
        var words = Vocabulary.count(Stream.of("b", "a", "c", "a", "c", "d"), 5, 1, "", "[UNK]");
        assertEquals(List.of("", "[UNK]", "a", "c", "b"), words.tokens());
        assertEquals(List.of("a", "c"), Vocabulary.count(Stream.of("b", "a", "c", "a", "c"), 9, 2).tokens());
        assertEquals(OptionalInt.of(2), words.find("a"));
        assertEquals(OptionalInt.empty(), words.find("z"));
        assertEquals(1, words.id("z"));
        assertMessage("Vocabulary.count: expected a maxSize above the 2 special tokens. Received 2.",
                () -> Vocabulary.count(Stream.of("a"), 2, 1, "", "[UNK]"));
        assertMessage("Vocabulary: expected different tokens. Received \"a\" twice.",
                () -> Vocabulary.of(List.of("a", "a")));
    }

    /** The words and ids that Keras's TextVectorization is documented to give: 0 padding, 1 unknown, then by count. */
    @Test void wordsAreCleanedAndCounted() {
        var words = WordTokenizer.train(TEXTS.stream(), 5);
        assertEquals(List.of("", "[UNK]", "the", "cat", "a"), words.vocabulary().tokens());
        assertArrayEquals(new long[] {2, 3, 1}, words.encode("The, CAT! <b>slept</b>"));
        assertEquals("the cat [UNK]", words.decode(2, 3, 1, 0, 0));
        assertEquals(5, words.vocabSize());
        assertArrayEquals(new long[0], words.encode(" \n"));
        assertEquals(2, words.encodeAll(List.of("the", "cat")).size());
    }

    @Test void charactersAreInUnicodesOrder() {
        var chars = CharTokenizer.train(Stream.of("hello \uD83D\uDE00", "\u00e9"));
        assertEquals(List.of(" ", "e", "h", "l", "o", "\u00e9", "\uD83D\uDE00"), chars.vocabulary().tokens());
        assertEquals("hell \uD83D\uDE00", chars.decode(chars.encode("hell \uD83D\uDE00")));
        assertMessage("\"x\" is not in the vocabulary of 7 tokens, and neither is [UNK]. Train it on texts that have"
                + " the token, or with [UNK].", () -> chars.encode("x"));
        assertMessage("There is no token with the id 7: expected an id from 0 to 6.", () -> chars.decode(7));
        assertArrayEquals(new long[] {0, 1}, CharTokenizer.train(Stream.of("a"), "[UNK]").encode("xa"));
    }

    @Test void savedOnesAreTheSame() throws IOException {
        var file = folder.resolve("words.json");
        var words = WordTokenizer.train(TEXTS.stream(), 9, 1, List.of(Clean.LOWER_CASE));
        words.save(file);
        assertArrayEquals(words.encode("The cat<br />sat. z"), WordTokenizer.load(file).encode("The cat<br />sat. z"));
        var chars = CharTokenizer.train(Stream.of("a\n\"\u00e9"));
        chars.save(file);
        assertArrayEquals(new long[] {0, 3, 1}, CharTokenizer.load(file).encode("\n\u00e9\""));
        assertThrows(IllegalArgumentException.class, () -> WordTokenizer.load(file));
        assertMessage("\"x\" is not in the vocabulary of 4 tokens in " + file + ", and neither is [UNK]. Train it on"
                + " texts that have the token, or with [UNK].", () -> CharTokenizer.load(file).encode("x"));
        for (String tokens : List.of("[]", "[\"\",\"a\"]", "[\"[UNK]\",\"\"]")) {
            Files.writeString(file, "{\"clean\":[],\"tokens\":" + tokens + "}");
            assertTrue(assertThrows(IllegalArgumentException.class, () -> WordTokenizer.load(file)).getMessage()
                    .startsWith(file + ": expected padding, \"\", and [UNK] as the first tokens. Received ["));
        }
        Files.writeString(file, "{\"token\": []}");
        var error = assertThrows(IllegalArgumentException.class, () -> CharTokenizer.load(file)).getMessage();
        assertTrue(error.startsWith(file + ": expected a vocabulary with a list \"tokens\"."), error);
    }

    @Test void stepsCleanAText() {
        assertEquals("istanbul", Clean.LOWER_CASE.apply("ISTANBUL"));
        assertEquals("a b 1 < 2 c", Clean.STRIP_HTML.apply("a<br />b 1 < 2<!-- x > y\n -->c"));
        assertEquals("creme \u00df A", Clean.STRIP_ACCENTS.apply("cr\u00e8me \u00df \u00c5"));
        assertEquals("its 3 a", Clean.STRIP_PUNCTUATION.apply("it's \u201c3\u201d+ $a\u2026"));
        assertEquals("a b", Clean.SQUEEZE_SPACES.apply(" a\u00a0\n\t\u3000b "));
        assertEquals("\u00e9", Clean.NFC.apply("e\u0301"));
        assertEquals("fi2A", Clean.NFKC.apply("\ufb01\u00b2\uff21"));
        assertEquals("a b", Clean.all(List.of(Clean.STRIP_HTML, Clean.SQUEEZE_SPACES, Clean.LOWER_CASE))
                .apply("A<p> B</p>"));
    }
}
