package dev.merapi.text.generate;

import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.model.t5.T5;
import dev.merapi.text.model.t5.T5Config;
import dev.merapi.text.pipeline.TextGenerator;
import dev.merapi.text.pipeline.TextRewriter;
import dev.merapi.text.tokenizer.BpeTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

class GenerationConfigTest {
    @TempDir Path folder;

    private GenerationConfig config(String settings) { return config(settings, Generation.DEFAULT); }

    private GenerationConfig config(String settings, Generation base) {
        try {
            Files.writeString(folder.resolve(GenerationConfig.FILE), "{" + settings.replace('\'', '"') + "}");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return GenerationConfig.open(folder, base, 7);
    }

    @Test void withoutAFileAllIsAsBefore() {
        var config = GenerationConfig.open(folder, Generation.DEFAULT, 7, 8);
        assertEquals(Generation.DEFAULT, config.options());
        assertEquals(List.of(7L, 8L), config.eosIds());
    }

    @Test void theFilesValuesAreTheDefaults() {
        assertEquals(new Generation(300, 0.6, 20, 0.95, 0.05, 1.1, 0, 0, 3, List.of("END"), List.of(), 1337, 1, 0.7,
                true), config("'do_sample': true, 'temperature': 0.6, 'top_k': 20, 'top_p': 0.95, 'min_p': 0.05,"
                + " 'repetition_penalty': 1.1, 'no_repeat_ngram_size': 3, 'max_new_tokens': 300, 'max_length': 20,"
                + " 'length_penalty': 0.7, 'early_stopping': true, 'stop_strings': 'END'").options());
        assertEquals(Generation.DEFAULT.beams(5), config("'num_beams': 5, 'do_sample': false").options());
        assertEquals(List.of("a", "b"), config("'stop_strings': ['a', 'b']").options().stop());
    }

    /** As transformers: without do_sample a temperature says nothing, and with it 50 tokens are drawn from. */
    @Test void drawingIsSwitchedOnByItself() {
        assertEquals(Generation.DEFAULT.topP(0.9), config("'temperature': 0.6, 'top_p': 0.9").options());
        assertEquals(Generation.DEFAULT.temperature(1).topK(50), config("'do_sample': true").options());
        assertEquals(Generation.DEFAULT.temperature(1), config("'do_sample': true, 'top_k': 0").options());
        assertEquals(Generation.DEFAULT.temperature(1).topK(50),
                config("'do_sample': true", Generation.DEFAULT.beams(4)).options());
    }

    @Test void thereMayBeSeveralEndTokens() {
        assertEquals(List.of(2L), config("'eos_token_id': 2").eosIds());
        assertEquals(List.of(2L, 25L), config("'eos_token_id': [2, 25]").eosIds());
        assertEquals(List.of(7L), config("'eos_token_id': null, 'bos_token_id': 1").eosIds());
        assertEquals(List.of(7L), config("'eos_token_id': -1").eosIds());
        var model = TinyModel.saying(26, 1, 3, 25, 2);
        assertEquals("bd", new Generator(model, new Letters(), config("'eos_token_id': [2, 25]"))
                .generate("a", Generation.DEFAULT));
    }

    private String write(TinyModel model, String settings) {
        var config = config(settings);
        return new Generator(model, new Letters(), config).generate("a", config.options());
    }

    @Test void theMostTokensCountThePromptUnlessOneSaysHowManyNewOnes() {
        var model = TinyModel.random(26, 1);
        assertEquals(4, write(model, "'max_length': 5, 'eos_token_id': 99").length());
        assertEquals(6, write(model, "'max_new_tokens': 6, 'max_length': 5, 'eos_token_id': 99").length());
        var config = config("'max_length': 5");
        var generator = new Generator(TinyModel.random(5, 1), new Letters(), config); // without its end token, 7
        assertEquals(9, generator.generate("abc", config.options().maxTokens(9)).length());
        assertEquals(List.of(4, 2, 1), generator.generateAll(List.of("a", "abc", "abcde"), config.options()).stream()
                .map(String::length).toList());
        assertEquals(List.of(4, 2), generator.generateAll(List.of("a", "abc"), config.options().beams(2)).stream()
                .map(String::length).toList());
    }

    @Test void tokensAreRuledOutOrForced() {
        var model = TinyModel.saying(5, 1, 2, 3, 4); // bcde, and then the least of all
        assertEquals("bcde", write(model, "'eos_token_id': 0"));
        assertEquals("bce", write(new TinyModel(ids -> new float[] {0, ids.length == 1 ? 9 : 1, ids.length == 2 ? 9 : 1,
            ids.length == 3 ? 9 : 1, ids.length == 3 ? 8 : 1}), "'suppress_tokens': [3], 'max_new_tokens': 3"));
        assertFalse(write(model, "'begin_suppress_tokens': [1], 'max_new_tokens': 2").startsWith("b"));
        assertEquals("c", write(model, "'begin_suppress_tokens': [1], 'max_new_tokens': 2").substring(1));
        assertEquals("bcdeb", write(model, "'eos_token_id': 0, 'min_new_tokens': 5, 'max_new_tokens': 5"));
        assertEquals("bcdeb", write(model, "'eos_token_id': 0, 'min_length': 6, 'max_new_tokens': 5"));
        assertEquals("bcdeb", write(model, "'eos_token_id': [0, 99], 'min_new_tokens': 5, 'max_new_tokens': 5"));
        assertEquals("bca", write(model, "'forced_eos_token_id': 0, 'max_new_tokens': 3"));
        assertEquals("ec", write(model, "'forced_bos_token_id': 4, 'max_new_tokens': 2"));
        assertEquals("baabb", write(TinyModel.saying(2, 1, 0, 1, 1, 1),
                "'bad_words_ids': [[1, 0, 1]], 'max_new_tokens': 5, 'eos_token_id': 99"));
        assertEquals("bac", write(TinyModel.saying(3, 1, 1, 2),
                "'bad_words_ids': [[1, 1], [7, 7, 7]], 'max_new_tokens': 3"));
    }

    @Test void aSearchObeysTheRulesToo() {
        var model = TinyModel.saying(5, 1, 2, 3, 4);
        assertEquals("bcd", write(model, "'num_beams': 2, 'max_new_tokens': 3"));
        assertFalse(write(model, "'num_beams': 2, 'suppress_tokens': [2], 'max_new_tokens': 3").contains("c"));
    }

    @Test void aTranslatorBeginsAsTheFileSays() {
        var model = TinyModel.saying(26, 1, 2);
        model.firstToken = OptionalLong.of(3);
        new Generator(model, new Letters(), config("'decoder_start_token_id': 3"));
        assertEquals(folder.resolve(GenerationConfig.FILE) + ": decoder_start_token_id: expected as in config.json 3."
                + " Received 4.", assertThrows(IllegalArgumentException.class,
                        () -> new Generator(model, new Letters(), config("'decoder_start_token_id': 4"))).getMessage());
    }

    @Test void whatWouldChangeTheTextsAndIsNotToBeHadIsRefused() {
        config("'typical_p': 1.0, 'num_beam_groups': 1, 'diversity_penalty': 0.0, 'watermarking_config': null,"
                + " 'renormalize_logits': false, 'sequence_bias': {}, 'transformers_version': '5.0',"
                + " '_from_model_config': true, 'cache_implementation': 'hybrid', 'use_cache': true,"
                + " 'pad_token_id': 0, 'output_scores': true");
        assertRefused("typical_p: expected settings that Merapi has. Received 0.9, which would change the texts; take"
                + " it out if they may be others.", "'typical_p': 0.9");
        assertRefused("renormalize_logits: expected settings that Merapi has. Received true, which would change the"
                + " texts; take it out if they may be others.", "'renormalize_logits': true");
        assertRefused("temprature: expected settings that Merapi has. Received 0.5, which would change the texts; take"
                + " it out if they may be others.", "'temprature': 0.5");
        assertRefused("num_beams: expected 1 where do_sample is true. Received 4.",
                "'do_sample': true, 'num_beams': 4");
        assertRefused("early_stopping: expected true or false. Received \"never\".", "'early_stopping': 'never'");
    }

    @Test void whatIsWrongIsSaid() throws IOException {
        assertRefused("eos_token_id: expected token ids. Received \"</s>\".", "'eos_token_id': '</s>'");
        assertRefused("eos_token_id: expected token ids. Received [1,2.5].", "'eos_token_id': [1, 2.5]");
        assertRefused("top_k: expected a whole number from 0. Received 1.5.", "'top_k': 1.5");
        assertRefused("max_new_tokens: expected a whole number from 0. Received -1.", "'max_new_tokens': -1");
        assertRefused("top_p: expected a number. Received \"0.9\".", "'top_p': '0.9'");
        assertRefused("bad_words_ids: expected lists of token ids. Received [[]].", "'bad_words_ids': [[]]");
        assertRefused("stop_strings: expected texts. Received [1].", "'stop_strings': [1]");
        assertRefused("Generation.topP: expected above 0, and 1 at most. Received 2.0.", "'top_p': 2");
        Files.writeString(folder.resolve(GenerationConfig.FILE), "[]");
        assertEquals(folder.resolve(GenerationConfig.FILE) + ": expected settings in { }.",
                assertThrows(IllegalArgumentException.class,
                        () -> GenerationConfig.open(folder, Generation.DEFAULT)).getMessage());
    }

    private void assertRefused(String expected, String settings) {
        assertEquals(folder.resolve(GenerationConfig.FILE) + ": " + expected,
                assertThrows(IllegalArgumentException.class, () -> config(settings)).getMessage());
    }

    @Test void aModelsFolderIsOpenedAndSavedWithIt() throws IOException {
        var letters = BpeTrainer.of(300).train(List.of("a b c").stream());
        try (var gpt = new Gpt2(Gpt2Config.of(letters.vocabSize(), 32, 1, 2, 16, 0))) {
            gpt.save(folder);
        }
        letters.save(folder);
        letters.close();
        assertEquals(Generation.DEFAULT, open());
        config("'do_sample': true, 'temperature': 0.5, 'eos_token_id': [1, 2]");
        assertEquals(Generation.DEFAULT.temperature(0.5).topK(50), open());
        Path copy = folder.resolve("copy");
        try (var gpt = Gpt2.load(folder)) {
            gpt.save(copy);
        }
        assertEquals(GenerationConfig.read(folder), GenerationConfig.read(copy));
    }

    private Generation open() {
        try (var model = TextGenerator.open(folder)) {
            return model.settings();
        }
    }

    @Test void aRewritersFolderToo() throws IOException {
        var letters = BpeTrainer.of(300).train(List.of("a b c").stream());
        try (var t5 = new T5(T5Config.of(16, 4, 24, 1, 4).vocabSize(letters.vocabSize()))) {
            t5.save(folder);
        }
        letters.save(folder);
        letters.close();
        config("'max_length': 3, 'eos_token_id': 1, 'decoder_start_token_id': 0, 'pad_token_id': 0");
        try (var model = TextRewriter.open(folder)) {
            assertEquals(Generation.DEFAULT.beams(4).maxTokens(3), model.settings());
        }
        Path copy = folder.resolve("copy");
        try (var t5 = T5.load(folder)) {
            t5.save(copy);
        }
        assertEquals(GenerationConfig.read(folder), GenerationConfig.read(copy));
    }

    @Test void aLlamaKeepsIt() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\", \"vocab_size\": 17,"
                + " \"hidden_size\": 8, \"intermediate_size\": 8, \"num_hidden_layers\": 1, \"num_attention_heads\": 2,"
                + " \"max_position_embeddings\": 8}");
        try (var llama = new Llama(LlamaConfig.read(folder))) {
            llama.save(folder);
        }
        config("'eos_token_id': [1, 2]");
        Path copy = folder.resolve("copy");
        try (var llama = Llama.load(folder)) {
            llama.save(copy);
        }
        assertEquals(GenerationConfig.read(folder), GenerationConfig.read(copy));
    }
}
