package dev.merapi.text.tokenizer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.merapi.text.tokenizer.TokenizerTest.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Files at which the library would end the process, and this test with it. */
class TokenizerCheckTest {
    private static final String WORDS = "{'type':'WordLevel','vocab':{'a':0,'b':1,'?':2},'unk_token':'?'}";
    private static final String DEEP = "[".repeat(150) + "]".repeat(150);

    @TempDir Path folder;

    @ParameterizedTest @CsvFileSource(resources = "/tokenizer/refused.txt", delimiter = '|', quoteCharacter = '\0',
            maxCharsPerColumn = 1000)
    void whatWouldEndTheProcessIsRefused(String part, String value, String message) {
        assertMessage("tokenizer.json: not a tokenizer: " + message, () -> open(part, value));
    }

    @Test void deepFilesAreRefused() {
        assertMessage("tokenizer.json: not a tokenizer: expected objects and lists in at most 100 others. Received"
                + " deeper ones.", () -> open("decoder", DEEP));
    }

    /** Of more digits than a double holds; one that it does hold is the library's own affair. */
    @Test void hugeNumbersAreRefused() {
        String decoder = "{'type':'WordPiece','prefix':'##','cleanup':true,'more':[%s]}";
        assertMessage("tokenizer.json: not a tokenizer: expected numbers below 1.8e308. Received one of 400"
                + " digits.", () -> open("decoder", decoder.formatted("9".repeat(400))));
        open("decoder", decoder.formatted("9".repeat(30) + ",1e999")).close();
    }

    /** A token that the normalizer leaves nothing of would be found in the middle of a character. */
    @Test void addedTokensMustNotVanish() {
        var json = json("normalizer", "{'type':'StripAccents'}").replace("'added_tokens':[]", "'added_tokens':["
                + "{'id':3,'content':'\u0301','single_word':false,'lstrip':false,'rstrip':false,'normalized':true,"
                + "'special':false}]");
        assertMessage("tokenizer.json: not a tokenizer: added_tokens: expected tokens that the normalizer leaves a"
                + " character of. Received \"\u0301\".", () -> Tokenizer.ofJson(json.replace('\'', '"')));
        try (var kept = Tokenizer.ofJson(json.replace("'normalized':true", "'normalized':false").replace('\'', '"'))) {
            assertArrayEquals(new long[] {0, 3, 2}, kept.encode("a\u0301\u65e5"));
        }
    }

    @Test void addedTokensHaveIdsOfTheirOwn() {
        var added = "[{'id':1,'content':'%s','single_word':false,'lstrip':false,'rstrip':false,'normalized':false,"
                + "'special':true}]";
        assertMessage("tokenizer.json: not a tokenizer: added_tokens: expected an id of its own for <s>. Received 1,"
                + " which is that of b.", () -> open("added_tokens", added.formatted("<s>")));
        try (var tokenizer = open("added_tokens", added.formatted("a"))) { // the vocabulary's id counts
            assertEquals(0, tokenizer.id("a"));
            assertEquals(0, tokenizer.encode("a")[0]);
        }
    }

    /** The library frees a Unigram vocabulary by a call for each byte of a token. */
    @Test void longPiecesAreRefused() {
        var model = "{'type':'Unigram','unk_id':0,'vocab':[['?',0],['" + "a".repeat(1001) + "',1]]}";
        var message = assertThrows(IllegalArgumentException.class, () -> open("model", model)).getMessage();
        assertTrue(message.startsWith("tokenizer.json: not a tokenizer: model.vocab: expected pieces of at most"
                + " 1000 characters. Received \"aaa"), message);
        try (var tokenizer = open("model", model.replace("aa'", "a'"))) {
            assertEquals(2, tokenizer.vocabSize());
        }
    }

    /** Old files, GPT-2's among them, do not name the type of their model. */
    @ParameterizedTest @ValueSource(strings = {
            "{'vocab':{'a':0,'?':1},'merges':[],'unk_token':'?'}", "{'vocab':[['a',0],['?',0]],'unk_id':1}",
            "{'vocab':{'a':0,'?':1},'unk_token':'?'}",
            "{'vocab':{'a':0,'?':1},'unk_token':'?','continuing_subword_prefix':'##','max_input_chars_per_word':9}"})
    void aModelWithoutATypeIsFoundByItsSettings(String model) {
        try (var tokenizer = open("model", model)) {
            assertArrayEquals(new long[] {0}, tokenizer.encode("a"));
            assertArrayEquals(new long[] {1}, tokenizer.encode("z"));
        }
    }

    @ParameterizedTest @CsvSource(delimiter = '|', textBlock = """
            0 | '' | it has 0 bytes
            4294967295 | '' | its trie of 1073741823 units should lie in 4 bytes
            0 | x | its trie of 0 units should lie in 5 bytes
            1 | x | unit 0 leads outside of its trie
            512 | ab | a text should begin at 3 of 2 bytes
            512 | \u00e9\u00e9 | a text should begin at 3 of 4 bytes
            """)
    void aCharacterMapThatLeadsAstrayIsRefused(long units, String texts, String problem) {
        var bytes = texts.getBytes(StandardCharsets.UTF_8);
        int size = problem.startsWith("it has 0") ? 0 : 4 + (units < 1000 ? (int) units * 4 : 0) + bytes.length;
        var map = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        if (size > 0) map.putInt((int) (units < 1000 ? units * 4 : units));
        map.position(size - bytes.length).put(bytes);
        if (units == 512) { // the bytes of "a" lead to the text at 3
            map.putInt(4, 256 << 10).putInt(4 + 4 * (256 ^ 'a'), 'a' | 1 << 8 | 1 << 10)
                    .putInt(4 + 4 * (256 ^ 'a' ^ 1), 1 << 31 | 3);
        }
        assertMessage("tokenizer.json: not a tokenizer: expected SentencePiece's compiled map of characters."
                + " Received a damaged one: " + problem + "; get the file again.", () -> open("normalizer",
                "{'type':'Precompiled','precompiled_charsmap':'" + Base64.getEncoder().encodeToString(map.array())
                + "'}"));
    }

    @Test void damagedSentencePieceModelsAreRefusedOrRead() throws IOException {
        var whole = Files.readAllBytes(Golden.path("unigram/spiece.model"));
        var file = folder.resolve("spiece.model");
        var random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 60; i++) {
            var damaged = whole.clone();
            for (int k = 0; k < 30; k++) damaged[whole.length - 2500 + random.nextInt(2400)] = (byte) random.nextInt();
            Files.write(file, damaged);
            try (var tokenizer = Tokenizer.open(folder)) {
                tokenizer.encode("hello \u00e9 \ufb01 \u2460 x");
            } catch (IllegalArgumentException e) {
                refused++;
                boolean named = e.getMessage().matches(Pattern.quote("" + file) + ": (not a tokenizer: )?expected .*");
                assertTrue(named, e.getMessage());
            }
        }
        assertTrue(refused > 0);
    }

    private static Tokenizer open(String part, String value) {
        return Tokenizer.ofJson(json(part, value).replace('\'', '"'));
    }

    static String json(String part, String value) {
        var json = "{'version':'1.0','added_tokens':[],'normalizer':null,'pre_tokenizer':null,'post_processor':null,"
                + "'decoder':null,'model':" + WORDS + "}";
        var old = part.equals("model") ? WORDS : part.equals("added_tokens") ? "[]" : "null";
        return json.replace("'" + part + "':" + old, "'" + part + "':" + value);
    }
}
