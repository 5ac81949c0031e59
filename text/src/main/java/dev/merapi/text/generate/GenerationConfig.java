package dev.merapi.text.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.io.AtomicFiles;
import dev.merapi.io.FileErrors;
import dev.merapi.io.JsonErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How the makers of a model want it to write: {@code generation_config.json} of its folder, as transformers reads it.
 * The tokens that end a text matter most: models that chat have several.
 *
 * <pre>{@code
 * var config = GenerationConfig.open(folder, Generation.DEFAULT);
 * var generator = new Generator(model, tokenizer, config);
 * generator.generate("Once upon a time", config.options().temperature(0.2));       // all else as the makers say
 * }</pre>
 *
 * What transformers does and Merapi does not is refused, unless its value changes nothing.
 */
public final class GenerationConfig {
    /** The file's name. */
    public static final String FILE = "generation_config.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Settings of what is returned, stored or reckoned first, whatever is written. */
    private static final Set<String> HARMLESS = Set.of("_from_model_config", "assistant_confidence_threshold",
            "assistant_early_exit", "assistant_lookbehind", "cache_config", "cache_implementation", "chat_format",
            "compile_config", "continuous_batching_config", "disable_compile", "is_assistant", "low_memory",
            "max_matching_ngram_size", "max_window_size", "num_assistant_tokens", "num_assistant_tokens_schedule",
            "num_return_sequences", "output_attentions", "output_hidden_states", "output_logits", "output_scores",
            "pad_token_id", "prefill_chunk_size", "prompt_lookup_num_tokens", "return_dict_in_generate",
            "return_legacy_cache", "target_lookbehind", "transformers_version", "trust_remote_code", "use_cache",
            "use_model_defaults");

    /** What is not done here, with the values that change nothing. */
    private static final Map<String, Double> UNUSED = Map.of("diversity_penalty", 0.0, "encoder_no_repeat_ngram_size",
            0.0, "encoder_repetition_penalty", 1.0, "epsilon_cutoff", 0.0, "eta_cutoff", 0.0, "guidance_scale", 1.0,
            "num_beam_groups", 1.0, "penalty_alpha", 0.0, "typical_p", 1.0);

    private static final int USUAL_TOP_K = 50; // of transformers, where a file draws and does not say

    private final Path file; // or null
    private final JsonNode json;
    private final Set<String> read = new HashSet<>(HARMLESS);
    private final Generation options;
    private final List<Long> eosIds;
    private final OptionalLong bos;
    private final OptionalLong decoderStart;
    private final int maxLength; // with the prompt; 0 where the file has none, or says it otherwise
    private final GenerationRules rules;

    private GenerationConfig(Path file, JsonNode json, Generation base, long[] otherEosIds) {
        this.file = file;
        this.json = json;
        var said = ids("eos_token_id");
        eosIds = said.isEmpty() ? Arrays.stream(otherEosIds).boxed().toList() : said;
        bos = ids("bos_token_id").stream().mapToLong(id -> id).findFirst();
        decoderStart = ids("decoder_start_token_id").stream().mapToLong(id -> id).findFirst();
        int length = whole("max_length", 0);
        maxLength = whole("max_new_tokens", 0) > 0 ? 0 : length;
        rules = new GenerationRules(whole("min_length", 0), whole("min_new_tokens", 0), ids("suppress_tokens"),
                ids("begin_suppress_tokens"), ids("forced_bos_token_id"), ids("forced_eos_token_id"), badWords());
        options = options(base);
        checkRest();
    }

    /**
     * That of a model folder.
     *
     * @param base what is chosen where the file says nothing, or is missing
     * @param eosIds tokens that end a text, where the file names none
     * @throws IllegalArgumentException if the file is not JSON, or has a setting that is wrong or not to be had
     */
    public static GenerationConfig open(Path folder, Generation base, long... eosIds) {
        String text = read(folder);
        Path file = folder.resolve(FILE);
        try {
            JsonNode json = text == null ? JSON.createObjectNode() : JSON.readTree(text);
            if (!json.isObject()) throw new IllegalArgumentException(file + ": expected settings in { }.");
            return new GenerationConfig(file, json, base, eosIds);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": not JSON. " + JsonErrors.reason(e), e);
        }
    }

    /**
     * Without a file.
     *
     * @param eosIds tokens that end a text
     */
    public static GenerationConfig of(long... eosIds) {
        return new GenerationConfig(null, JSON.createObjectNode(), Generation.DEFAULT, eosIds);
    }

    /** The text of a folder's file, for {@link #write}; null where there is none. */
    public static String read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return Files.exists(file) ? Files.readString(file) : null;
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /** Keeps what was read with a model that is saved; nothing for null. */
    public static void write(String text, Path folder) {
        if (text != null) AtomicFiles.write(folder.resolve(FILE), text);
    }

    /** How it writes, unless one says otherwise. */
    public Generation options() { return options; }

    /** Tokens that end a text; none where the file names none. */
    public List<Long> eosIds() { return eosIds; }

    /** The token that begins texts without a prompt, if the file names one. */
    OptionalLong bos() { return bos; }

    /**
     * Most tokens of a text: as the options say, or, where they are the file's own, what {@code max_length} leaves.
     *
     * @param prompt tokens before it that count
     */
    int maxTokens(Generation asked, int prompt) {
        boolean total = maxLength > 0 && asked.maxTokens() == options.maxTokens();
        return total ? Math.max(1, maxLength - prompt) : asked.maxTokens();
    }

    LogitsProcessor processor(int maxTokens) { return rules.processor(eosIds, maxTokens); }

    /**
     * @throws IllegalArgumentException if the file wants texts to begin otherwise than a model does
     */
    GenerationConfig expect(Generative model) {
        if (decoderStart.isEmpty() || model.firstToken().isEmpty() || decoderStart.equals(model.firstToken())) {
            return this;
        }
        throw wrong("decoder_start_token_id", "as in config.json " + model.firstToken().getAsLong(),
                decoderStart.getAsLong());
    }

    private Generation options(Generation base) {
        boolean draws = flag("do_sample", base.temperature() > 0);
        int beams = whole("num_beams", draws ? 1 : base.beams());
        if (draws && beams > 1) throw wrong("num_beams", "1 where do_sample is true", beams);
        int most = whole("max_new_tokens", maxLength > 0 ? maxLength : base.maxTokens());
        int topK = whole("top_k", flag("do_sample", false) ? USUAL_TOP_K : base.topK());
        double temperature = number("temperature", base.temperature() > 0 ? base.temperature() : 1);
        try {
            return new Generation(Math.max(1, most), draws ? temperature : 0, topK, number("top_p", base.topP()),
                    number("min_p", base.minP()), number("repetition_penalty", base.repetitionPenalty()),
                    base.presencePenalty(), base.frequencyPenalty(),
                    whole("no_repeat_ngram_size", base.noRepeatNgram()), stops(base), base.stopIds(), base.seed(),
                    beams, number("length_penalty", base.lengthPenalty()),
                    flag("early_stopping", base.earlyStopping()));
        } catch (IllegalArgumentException e) {
            throw file == null || e.getMessage().startsWith(file.toString()) ? e
                    : new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private List<String> stops(Generation base) {
        JsonNode value = node("stop_strings");
        if (value == null) return base.stop();
        var all = new ArrayList<String>();
        for (JsonNode text : value.isArray() ? value : JSON.createArrayNode().add(value)) {
            if (!text.isTextual()) throw wrong("stop_strings", "texts", value);
            all.add(text.asText());
        }
        return all;
    }

    private List<long[]> badWords() {
        JsonNode value = node("bad_words_ids");
        if (value == null) return List.of();
        var words = new ArrayList<long[]>();
        for (JsonNode word : value) {
            var ids = ids("bad_words_ids", word);
            if (ids.isEmpty()) throw wrong("bad_words_ids", "lists of token ids", value);
            words.add(ids.stream().mapToLong(id -> id).toArray());
        }
        return words;
    }

    /** The value of a setting; null where there is none. */
    private JsonNode node(String name) {
        read.add(name);
        JsonNode value = json.get(name);
        return value == null || value.isNull() ? null : value;
    }

    private boolean flag(String name, boolean otherwise) {
        JsonNode value = node(name);
        if (value == null) return otherwise;
        if (!value.isBoolean()) throw wrong(name, "true or false", value);
        return value.asBoolean();
    }

    private int whole(String name, int otherwise) {
        JsonNode value = node(name);
        if (value == null) return otherwise;
        if (!value.isIntegralNumber() || value.asDouble() < 0) throw wrong(name, "a whole number from 0", value);
        return (int) Math.min(Integer.MAX_VALUE, value.asDouble());
    }

    private double number(String name, double otherwise) {
        JsonNode value = node(name);
        if (value == null) return otherwise;
        if (!value.isNumber()) throw wrong(name, "a number", value);
        return value.asDouble();
    }

    /** One or several. */
    private List<Long> ids(String name) {
        JsonNode value = node(name);
        return value == null ? List.of() : ids(name, value);
    }

    private List<Long> ids(String name, JsonNode value) {
        var all = new ArrayList<Long>();
        for (JsonNode id : value.isArray() ? value : JSON.createArrayNode().add(value)) {
            if (!id.isIntegralNumber() || !id.canConvertToLong()) throw wrong(name, "token ids", value);
            if (id.asLong() >= 0) all.add(id.asLong()); // -1 is none
        }
        return List.copyOf(all);
    }

    /** Nothing that the file says is passed over, unless it says what is done anyway. */
    private void checkRest() {
        for (var setting : json.properties()) {
            JsonNode value = setting.getValue();
            boolean nothing = value.isNull() || value.isBoolean() && !value.asBoolean()
                    || value.isContainerNode() && value.isEmpty();
            boolean neutral = value.isNumber() && Double.valueOf(value.asDouble()).equals(UNUSED.get(setting.getKey()));
            if (read.contains(setting.getKey()) || nothing || neutral) continue;
            throw new IllegalArgumentException(file + ": " + setting.getKey() + ": expected settings that Merapi has."
                    + " Received " + value + ", which would change the texts; take it out if they may be others.");
        }
    }

    private IllegalArgumentException wrong(String name, String expected, Object received) {
        return new IllegalArgumentException(file + ": " + name + ": expected " + expected + ". Received " + received
                + ".");
    }
}
