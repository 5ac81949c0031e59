package dev.merapi.text.tokenizer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.merapi.text.tokenizer.TokenizerTest.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TokenizerFilesTest {
    @TempDir Path folder;

    @Test void aFolderWithoutATokenizerNamesWhatWasLookedFor() {
        assertMessage(folder + ": expected a tokenizer. Looked for tokenizer.json; vocab.txt; vocab.json (or"
                + " encoder.json) with merges.txt (or vocab.bpe); a SentencePiece *.model.",
                () -> Tokenizer.open(folder));
        Path none = folder.resolve("none");
        assertEquals("Could not read " + none + ": there is no such file or folder.",
                assertThrows(UncheckedIOException.class, () -> Tokenizer.open(none)).getMessage());
    }

    @Test void damagedFilesAreNamed() throws IOException {
        var json = folder.resolve("tokenizer.json");
        Files.writeString(json, "{\"model\": {");
        var error = assertThrows(IllegalArgumentException.class, () -> Tokenizer.open(folder)).getMessage();
        assertTrue(error.startsWith(json + ":1:12: not JSON. Unexpected end-of-input"), error);
        Files.writeString(json, "");
        assertMessage(json + ": expected a JSON object. Received an empty file.", () -> Tokenizer.open(folder));
        Files.writeString(json, "[1, 2]");
        assertMessage(json + ": expected a JSON object. Received [1, 2].", () -> Tokenizer.open(folder));
        Files.writeString(json, "{\"model\": 1}");
        error = assertThrows(IllegalArgumentException.class, () -> Tokenizer.open(folder)).getMessage();
        assertTrue(error.startsWith(json + ": not a tokenizer: "), error);
    }

    /** The library would end the process at the first unknown word. */
    @Test void aVocabularyWithoutItsUnknownTokenIsRefused() {
        for (var model : List.of("{'type':'WordLevel','vocab':{'a':0},'unk_token':'<unk>'}",
                "{'type':'WordPiece','vocab':{'a':0},'unk_token':'[UNK]'}",
                "{'type':'Unigram','unk_id':null,'vocab':[['a',0.0]]}",
                "{'type':'BPE','vocab':{'a':0},'merges':[],'unk_token':'<unk>'}")) {
            assertMessage("tokenizer.json: not a tokenizer: Its unknown token is not in its vocabulary.",
                    () -> Tokenizer.ofJson("{'version':'1.0','added_tokens':[],'model':MODEL}".replace("MODEL", model)
                            .replace('\'', '"')));
        }
    }

    @Test void aTextThatIsNotUtf8IsRefused() throws IOException {
        var file = folder.resolve("vocab.txt");
        Files.write(file, "caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertMessage(file + ": expected text in UTF-8. Received the byte 0xE9 at position 3; save the file as UTF-8.",
                () -> Tokenizer.open(folder));
    }

    @Test void aVocabularyWithoutSpecialTokensIsNotBerts() throws IOException {
        Files.writeString(folder.resolve("vocab.txt"), "a\nb\n");
        assertMessage(folder.resolve("vocab.txt") + ": expected a BERT vocabulary, one token a line. Received 2 tokens"
                + " without [UNK].", () -> Tokenizer.open(folder));
    }

    @Test void aDamagedSentencePieceModelIsNamed() throws IOException {
        var model = Files.readAllBytes(Golden.path("unigram/spiece.model"));
        var file = folder.resolve("t.model");
        for (int length : List.of(1, 10, 1000, model.length - 1)) {
            Files.write(file, Arrays.copyOf(model, length));
            var error = assertThrows(IllegalArgumentException.class, () -> Tokenizer.open(folder)).getMessage();
            assertTrue(error.startsWith(file + ": expected a SentencePiece model."), error);
        }
    }

    @Test void specialTokensAreAddedAsTheConfigurationSays() throws IOException {
        Files.copy(Golden.path("bpe/spiece.model"), folder.resolve("tokenizer.model"));
        var config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"tokenizer_class\": \"LlamaTokenizer\", \"added_tokens_decoder\":"
                + " {\"600\": {\"content\": \"<new>\", \"special\": true, \"lstrip\": false, \"rstrip\": false,"
                + " \"normalized\": false, \"single_word\": false}}}");
        try (var llama = Tokenizer.open(folder)) {
            var plain = llama.encode("her", EncodeOptions.DEFAULT.noSpecialTokens());
            assertEquals(1, llama.encode("her")[0]);
            assertEquals(plain.length + 1, llama.encode("her").length);
            assertEquals(601, llama.vocabSize());
            assertArrayEquals(new long[] {600}, llama.encode("<new>", EncodeOptions.DEFAULT.noSpecialTokens()));
            var pair = llama.encoding("her", "her", EncodeOptions.DEFAULT);
            assertEquals(2 * plain.length + 2, pair.size());
            assertEquals(1, pair.typeIds()[pair.size() - 1]);
        }
        Files.writeString(config, "{\"tokenizer_class\": \"T5TokenizerFast\"}");
        try (var t5 = Tokenizer.open(folder)) {
            assertEquals(2, t5.encode("her")[t5.encode("her").length - 1]);
        }
        Files.writeString(config, "{\"tokenizer_class\": \"XLMRobertaTokenizer\"}");
        assertMessage(folder.resolve("tokenizer.model") + ": expected a tokenizer.json beside it: a XLMRobertaTokenizer"
                + " numbers tokens in a way of its own. Save one with Hugging Face's save_pretrained.",
                () -> Tokenizer.open(folder));
    }

    @Test void robertasSpecialTokensAreSetAroundTexts() throws IOException {
        var vocabulary = TokenizerFiles.object(Golden.path("gpt2/vocab.json"));
        for (var token : List.of("<s>", "<pad>", "</s>", "<unk>", "<mask>")) vocabulary.put(token, vocabulary.size());
        Files.writeString(folder.resolve("vocab.json"), vocabulary.toString());
        Files.copy(Golden.path("gpt2/merges.txt"), folder.resolve("merges.txt"));
        try (var roberta = Tokenizer.open(folder)) {
            var pair = roberta.encoding("a", "b <mask>", EncodeOptions.DEFAULT);
            assertArrayEquals(new long[] {1000, roberta.id("a"), 1002, 1002, roberta.id("b"), 1004, 1002}, pair.ids());
            assertArrayEquals(new long[7], pair.typeIds());
            assertEquals(1000, roberta.specialTokens().bos().orElseThrow());
        }
    }
}
