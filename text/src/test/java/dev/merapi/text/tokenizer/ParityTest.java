package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.text.tokenizer.EncodeOptions.Side;
import dev.merapi.text.tokenizer.EncodeOptions.Truncation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** The same tokens as Hugging Face's own library and as SentencePiece, from files that those two wrote. */
class ParityTest {
    @ParameterizedTest @ValueSource(strings = {"bert", "gpt2"}) void textsAndPairsAreAsHuggingFaces(String name)
            throws IOException {
        var golden = Golden.json(name + ".json");
        try (var tokenizer = Tokenizer.open(Golden.path(name))) {
            for (var text : golden.get("texts")) {
                var encoding = tokenizer.encoding(text.get("text").asText(), EncodeOptions.DEFAULT);
                assertEquals(Golden.encoding(text).toString(), Golden.json(encoding).toString());
                assertEquals(text.get("decoded").asText(), tokenizer.decode(encoding.ids()));
            }
            for (var pair : golden.get("pairs")) {
                var encoding = tokenizer.encoding(golden.get("first").asText(), golden.get("second").asText(),
                        options(pair));
                assertEquals(Golden.encoding(pair).toString(), Golden.json(encoding).toString());
            }
        }
    }

    /** An unknown piece, id 0, is SentencePiece's "\u2047" in its text and nothing in ours, as in Hugging Face's. */
    @ParameterizedTest @ValueSource(strings = {"unigram", "bpe"}) void modelsOfSentencePieceGiveItsIdsAndTexts(
            String name) throws IOException {
        try (var tokenizer = Tokenizer.open(Golden.path(name))) {
            for (var text : Golden.json(name + ".json")) {
                var ids = tokenizer.encode(text.get("text").asText());
                assertArrayEquals(Golden.longs(text.get("ids")), ids, text.get("text").asText());
                boolean known = Arrays.stream(ids).noneMatch(id -> id == 0);
                if (known) assertEquals(text.get("decoded").asText(), tokenizer.decode(ids));
            }
        }
    }

    @Test void wordsForTrainingAreSplitAsTheLibrarySplitsThem() throws IOException {
        assertWords(Golden.json("gpt2.json"), (text, words) -> ByteLevel.split(text, w -> words.accept(
                ByteLevel.signs(w))));
        assertWords(Golden.json("bert.json"), (text, words) -> BertWords.split(text, true, words));
    }

    @Test void trainedBytePairsAreHuggingFaces() throws IOException {
        try (var trained = BpeTrainer.of(1000).train(Golden.lines("emma.txt").stream());
                var golden = Tokenizer.open(Golden.path("gpt2"))) {
            assertSameTokens(golden, trained);
        }
    }

    @Test void aTrainedWordPieceVocabularyIsHuggingFaces() throws IOException {
        try (var trained = WordPieceTrainer.of(1000).train(Golden.lines("emma.txt").stream());
                var golden = Tokenizer.open(Golden.path("bert"))) {
            assertSameTokens(golden, trained);
            var text = "Emma Woodhouse, handsome, clever, and rich";
            assertArrayEquals(golden.encode(text), trained.encode(text));
        }
    }

    private static void assertWords(JsonNode golden, BiConsumer<String, Consumer<String>> split) {
        for (int i = 0; i < golden.get("texts").size(); i++) {
            var words = new ArrayList<String>();
            split.accept(golden.get("texts").get(i).get("text").asText(), words::add);
            assertEquals(Golden.strings(golden.get("words").get(i)), words);
        }
    }

    private static void assertSameTokens(Tokenizer expected, Tokenizer actual) {
        var tokens = new ArrayList<List<String>>();
        for (var tokenizer : List.of(expected, actual)) {
            var all = new ArrayList<String>();
            for (int id = 0; id < tokenizer.vocabSize(); id++) all.add(tokenizer.token(id));
            tokens.add(all);
        }
        assertEquals(tokens.get(0), tokens.get(1));
    }

    private static EncodeOptions options(JsonNode pair) {
        return EncodeOptions.DEFAULT.maxLength(pair.get("maxLength").asInt()).stride(pair.get("stride").asInt())
                .truncation(Truncation.valueOf(pair.get("strategy").asText().toUpperCase(Locale.ROOT)))
                .truncationSide(Side.valueOf(pair.get("direction").asText().toUpperCase(Locale.ROOT)));
    }
}
