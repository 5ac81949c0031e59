package dev.merapi.text.tokenizer;

import dev.merapi.tensor.Scope;
import dev.merapi.text.tokenizer.EncodeOptions.Side;
import dev.merapi.text.tokenizer.EncodeOptions.Truncation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TokenizerTest {
    private static final EncodeOptions DEFAULT = EncodeOptions.DEFAULT;
    private static final Tokenizer BERT = Tokenizer.open(Golden.path("bert"));
    private static final Tokenizer GPT2 = Tokenizer.open(Golden.path("gpt2"));

    @TempDir Path folder;

    @AfterAll static void close() {
        BERT.close();
        GPT2.close();
    }

    @Test void theVocabularyIsReadBothWays() {
        assertEquals(1000, BERT.vocabSize());
        assertEquals("[CLS]", BERT.token(2));
        assertEquals(2, BERT.id("[CLS]"));
        assertTrue(BERT.has("emma"));
        assertFalse(BERT.has("Emma"));
        assertEquals(new SpecialTokens(OptionalLong.of(0), OptionalLong.of(2), OptionalLong.of(3), OptionalLong.of(1),
                OptionalLong.of(4)), BERT.specialTokens());
        assertEquals(OptionalLong.of(0), GPT2.specialTokens().eos());
        assertEquals(OptionalLong.empty(), GPT2.specialTokens().pad());
    }

    @Test void paddingFillsTheSideThatIsAskedFor() {
        var texts = List.of("Emma", "Emma and her father");
        var right = BERT.encodings(texts, DEFAULT.pad().padToMultipleOf(4));
        assertEquals(8, right.getFirst().size());
        assertArrayEquals(new long[] {1, 1, 1, 0, 0, 0, 0, 0}, right.getFirst().attentionMask());
        assertEquals("[PAD]", right.getFirst().tokens().getLast());
        var left = BERT.encodings(texts, DEFAULT.pad().paddingSide(Side.LEFT)).getFirst();
        long emma = BERT.id("emma");
        assertArrayEquals(new long[] {0, 0, 0, 2, emma, 3}, left.ids());
        assertArrayEquals(new long[] {1, 1, 1, 1, 0, 1}, left.specialTokensMask());
        assertArrayEquals(new int[] {-1, -1, -1, -1, 0, -1}, left.words());
        assertEquals("Emma", left.offsets().get(4).in("Emma"));
        assertArrayEquals(left.ids(), BERT.encodeAll(texts, DEFAULT.pad().paddingSide(Side.LEFT)).getFirst());
        assertArrayEquals(new long[] {2, emma, 3, 0, 0}, BERT.encode("Emma", DEFAULT.maxLength(5).padToMax()));
    }

    @Test void aModelWithoutPaddingIsPaddedWithTheTokenThatEndsTexts() {
        assertArrayEquals(new long[] {GPT2.id("a"), 0, 0}, GPT2.encode("a", DEFAULT.maxLength(3).padToMax()));
    }

    @Test void windowsCoverATextThatIsTooLong() {
        var text = "She was the youngest of the two daughters of a most affectionate, indulgent father";
        var options = DEFAULT.maxLength(10).stride(3).padToMax();
        var first = BERT.encoding(text, options);
        var windows = new ArrayList<>(List.of(first));
        windows.addAll(first.overflowing());
        var seen = new ArrayList<Long>();
        for (var window : windows) {
            assertEquals(10, window.size());
            var own = IntStream.range(0, 10).filter(i -> window.specialTokensMask()[i] == 0)
                    .mapToObj(i -> window.ids()[i]).toList();
            seen.addAll(seen.isEmpty() ? own : own.subList(3, own.size()));
        }
        assertArrayEquals(BERT.encode(text, DEFAULT.noSpecialTokens()),
                seen.stream().mapToLong(Long::longValue).toArray());
    }

    @Test void cuttingOnTheLeftKeepsTheEnd() {
        var ids = GPT2.encode("one two three");
        assertArrayEquals(Arrays.copyOfRange(ids, ids.length - 2, ids.length),
                GPT2.encode("one two three", DEFAULT.maxLength(2).truncationSide(Side.LEFT)));
    }

    @Test void wordsThatStandApartKeepTheirNumbers() {
        var words = List.of("Emma", "\uD83D\uDE00x", "[MASK]", "Woodhouse");
        var encoding = BERT.encodingOfWords(words, DEFAULT);
        assertEquals(0, encoding.words()[1]);
        assertEquals(3, encoding.words()[encoding.size() - 2]);
        for (int i = 1; i < encoding.size() - 1; i++) {
            assertFalse(encoding.offsets().get(i).in(words.get(encoding.words()[i])).isEmpty());
        }
    }

    @Test void encodingsOfOneLengthBecomeATensor() {
        long before = Scope.live();
        var batch = BERT.encodings(List.of("Emma", "her father"), DEFAULT.pad());
        try (var _ = Scope.open()) {
            var ids = Encoding.tensor(batch, Encoding::ids);
            assertArrayEquals(new long[] {2, 4}, ids.shape());
            assertArrayEquals(batch.get(1).ids(), ids.select(0, 1).toLongs());
        }
        assertTrue(Scope.live() <= before, "tensors are left"); // garbage may have gone
        var ragged = BERT.encodings(List.of("Emma", "her father"), DEFAULT);
        assertMessage("Encoding.tensor: expected encodings of one length. Received 3 and 4 tokens; encode them with"
                + " EncodeOptions.pad().", () -> Encoding.tensor(ragged, Encoding::ids));
    }

    @Test void emptyTextsAndListsAreNoError() {
        assertArrayEquals(new long[] {2, 3}, BERT.encode(""));
        assertArrayEquals(new long[0], GPT2.encode(""));
        assertEquals(List.of(), BERT.encodings(List.of(), DEFAULT.pad()));
        assertEquals("", GPT2.decode());
        assertArrayEquals(new long[] {2, 3, 3}, BERT.encoding("", "", DEFAULT).ids());
    }

    @Test void charactersThatTheLibraryCannotTakeKeepTheOffsetsRight() {
        var text = "a\0b\uD800c\uD83D\uDE00d";
        var encoding = GPT2.encoding(text, DEFAULT);
        assertEquals("d", encoding.offsets().getLast().in(text));
        assertEquals("a\uFFFDb\uFFFDc\uD83D\uDE00d", GPT2.decode(encoding.ids()));
    }

    @Test void aSavedTokenizerIsTheSame() {
        GPT2.save(folder);
        try (var again = Tokenizer.open(folder)) {
            var text = "Emma Woodhouse \uD83D\uDE00<|endoftext|>";
            assertArrayEquals(GPT2.encode(text), again.encode(text));
            assertEquals(GPT2.specialTokens(), again.specialTokens());
            assertEquals(text, again.decode(again.encode(text), false));
            assertEquals("Emma Woodhouse \uD83D\uDE00", again.decode(again.encode(text)));
        }
    }

    @Test void settingsBesideTheVocabularyAreHeeded() throws IOException {
        Files.copy(Golden.path("bert/vocab.txt"), folder.resolve("vocab.txt"));
        Files.writeString(folder.resolve("tokenizer_config.json"), """
                {"do_lower_case": false, "model_max_length": 512, "cls_token": {"content": "[CLS]"}, "x": 7}""");
        try (var cased = Tokenizer.open(folder)) {
            assertEquals(512, cased.modelMaxLength());
            assertEquals(List.of("[CLS]", "[UNK]", "[SEP]"), cased.encoding("EMMA", DEFAULT).tokens());
            assertEquals(OptionalLong.of(2), cased.specialTokens().bos());
            assertEquals(OptionalLong.empty(), cased.specialTokens().mask());
            cased.save(folder.resolve("saved"));
            var saved = TokenizerFiles.object(folder.resolve("saved/tokenizer_config.json"));
            assertEquals(7, saved.get("x").asInt());
        }
        assertEquals(Integer.MAX_VALUE, BERT.modelMaxLength());
    }

    @Test void truncationAndPaddingOfTheFileHaveNoEffect() throws IOException {
        BERT.save(folder);
        var file = folder.resolve("tokenizer.json");
        var json = Files.readString(file);
        Files.writeString(file, json.replace("\"truncation\":null,\"padding\":null", """
                "truncation":{"direction":"Right","max_length":4,"strategy":"LongestFirst","stride":0},
                "padding":{"strategy":{"Fixed":4},"direction":"Right","pad_to_multiple_of":null,"pad_id":0,
                "pad_type_id":0,"pad_token":"[PAD]"}"""));
        assertFalse(Files.readString(file).equals(json));
        try (var tokenizer = Tokenizer.open(file)) {
            assertArrayEquals(BERT.encode("Emma Woodhouse and her father"),
                    tokenizer.encode("Emma Woodhouse and her father"));
            assertEquals(3, tokenizer.encode("Emma").length);
        }
    }

    @Test void threadsShareATokenizerWithDifferentOptions() throws IOException {
        var lines = Golden.lines("emma.txt").subList(0, 200);
        var expected = lines.stream().map(GPT2::encode).toList();
        IntStream.range(0, 1000).parallel().forEach(i -> {
            var random = new Random(i);
            int line = random.nextInt(lines.size()), limit = 1 + random.nextInt(9);
            var whole = expected.get(line);
            var options = random.nextBoolean() ? DEFAULT : DEFAULT.maxLength(limit);
            int length = Math.min(whole.length, options.maxLength() == 0 ? whole.length : limit);
            assertArrayEquals(Arrays.copyOf(whole, length), GPT2.encode(lines.get(line), options));
        });
    }

    @Test void aClosedTokenizerSaysSo() {
        var tokenizer = Tokenizer.open(Golden.path("bert"));
        tokenizer.close();
        tokenizer.close();
        assertEquals("This tokenizer is closed.",
                assertThrows(IllegalStateException.class, () -> tokenizer.encode("a")).getMessage());
        assertThrows(IllegalStateException.class, () -> tokenizer.decode(1));
    }

    @Test void whatCannotBeCutIsAnErrorAndNotTheEndOfTheProcess() {
        var room = "EncodeOptions.maxLength: expected room for more than ";
        assertMessage(room + "0 tokens, the stride, and special tokens. Received 2, which leaves 0.",
                () -> BERT.encode("a", DEFAULT.maxLength(2)));
        assertMessage(room + "2 tokens, the stride, for each text of a pair and special tokens. Received 8, which"
                + " leaves 2.", () -> BERT.encoding("a", "b", DEFAULT.maxLength(8).stride(2)));
        var father = "Emma and her father were not at home";
        assertMessage(room + "3 tokens, the stride, beside the 1 of the text that is not cut and special tokens."
                + " Received 7, which leaves 3.",
                () -> BERT.encoding("a", father, DEFAULT.maxLength(7).stride(3).truncation(Truncation.ONLY_SECOND)));
        assertEquals(8, BERT.encoding("a", father, DEFAULT.maxLength(8).stride(3).truncation(Truncation.ONLY_SECOND))
                .size());
        assertMessage(room + "0 tokens, the stride, beside the 8 of the text that is not cut and special tokens."
                + " Received 11, which leaves 0.",
                () -> BERT.encoding("a", father, DEFAULT.maxLength(11).truncation(Truncation.ONLY_FIRST)));
        assertMessage("EncodeOptions.stride: expected at least 0 and below maxLength. Received 5.",
                () -> DEFAULT.maxLength(5).stride(5));
        assertMessage("EncodeOptions.padToMax: expected a maxLength set before. Received 0.", DEFAULT::padToMax);
        assertMessage("EncodeOptions.truncation: expected LONGEST_FIRST or ONLY_FIRST, as the texts are no pairs."
                + " Received ONLY_SECOND.",
                () -> BERT.encode("Emma and her father", DEFAULT.maxLength(4).truncation(Truncation.ONLY_SECOND)));
        assertMessage("Tokenizer.encodings: expected as many second texts as first ones, 1. Received 0.",
                () -> BERT.encodings(List.of("a"), List.of(), DEFAULT));
    }

    /** The library would end the process, and this test with it. */
    @Test void noLengthAndStrideCrashTheProcess() {
        var texts = List.of("", "a", "Emma and her father", "one two three four five six seven eight nine ten");
        int refused = 0;
        for (var cut : Truncation.values()) {
            for (int length = 1; length < 16; length++) {
                for (int stride = 0; stride < length; stride++) {
                    var options = DEFAULT.maxLength(length).stride(stride).truncation(cut);
                    for (var second : texts) {
                        try {
                            var pairs = BERT.encodings(texts, Collections.nCopies(texts.size(), second), options);
                            for (var pair : pairs) assertTrue(pair.size() <= length);
                            assertTrue(BERT.encode(second, options).length <= length);
                        } catch (IllegalArgumentException e) {
                            refused++;
                        }
                    }
                }
            }
        }
        assertTrue(refused > 0);
    }

    @Test void tokensAndIdsThatAreNotThereAreNamed() {
        assertMessage("There is no token with the id 1000: expected an id from 0 to 999. Do the ids come from a model"
                + " with another tokenizer?", () -> BERT.decode(5, 1000));
        assertThrows(IllegalArgumentException.class, () -> BERT.decode(-1));
        assertMessage("There is no token Emma in the vocabulary; did you mean emma?", () -> BERT.id("Emma"));
    }

    @Test void aModelWithAnotherVocabularyIsRefused() {
        assertEquals(BERT, BERT.expectVocab(1000).expectVocab(1024));
        assertMessage("The tokenizer and the model do not belong together: the tokenizer has 1000 tokens, the model"
                + " 999. Use the tokenizer of the model's folder.", () -> BERT.expectVocab(999));
        assertThrows(IllegalArgumentException.class, () -> BERT.expectVocab(30522));
    }

    static void assertMessage(String expected, Executable code) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, code).getMessage());
    }
}
