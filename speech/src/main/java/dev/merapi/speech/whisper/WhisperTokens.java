package dev.merapi.speech.whisper;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.io.JsonFile;
import dev.merapi.tensor.Expect;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The tokens that steer a Whisper, from its tokenizer, {@code generation_config.json} and {@code config.json}.
 *
 * @param start begins a prompt
 * @param end ends a text
 * @param languages the token of each language, by its code; empty for a model of English alone
 * @param transcribe asks for a text in the language of the speech; -1 where there is none
 * @param translate asks for one in English; -1 where there is none
 * @param noTimestamps asks for a text without times; the token behind it is 0.00 seconds, and so on by 0.02
 * @param suppress never written
 * @param beginSuppress not written first
 * @param noSpeech says that nobody speaks; -1 where there is none
 * @param latestStart the last token of a time, from 0.00 on, that a text may begin with; -1 for any
 */
record WhisperTokens(long start, long end, Map<String, Long> languages, long transcribe, long translate,
        long noTimestamps, List<Long> suppress, List<Long> beginSuppress, long noSpeech,
        int latestStart) {
    private static final Pattern LANGUAGE = Pattern.compile("<\\|([a-z]{2,3})\\|>");
    private static final int SECONDS = 1; // of a start, by default: 50 steps
    private static final int STEPS = 50; // of time in a second

    static WhisperTokens read(Path folder, WhisperConfig config, Tokenizer tokenizer) {
        JsonNode general = JsonFile.object(folder.resolve("config.json"));
        Path file = folder.resolve("generation_config.json");
        JsonNode writing = Files.exists(file) ? JsonFile.object(file) : general;
        long noTimestamps = writing.has("no_timestamps_token_id") ? writing.get("no_timestamps_token_id").asLong()
                : known(folder, tokenizer, "<|notimestamps|>");
        int latest = writing.path("max_initial_timestamp_index").asInt(SECONDS * STEPS);
        return new WhisperTokens(config.decoderStartTokenId(), config.eosTokenId(),
                languages(tokenizer, config.vocabSize()), id(tokenizer, "<|transcribe|>"),
                id(tokenizer, "<|translate|>"), noTimestamps, ids(writing, general, "suppress_tokens"),
                ids(writing, general, "begin_suppress_tokens"),
                Math.max(id(tokenizer, "<|nospeech|>"), id(tokenizer, "<|nocaptions|>")), latest);
    }

    private static long known(Path folder, Tokenizer tokenizer, String token) {
        Expect.that(tokenizer.has(token), folder.toString(), "a tokenizer with " + token, "one without");
        return tokenizer.id(token);
    }

    private static long id(Tokenizer tokenizer, String token) {
        return tokenizer.has(token) ? tokenizer.id(token) : -1;
    }

    /** Those between the token that begins a prompt and the one that asks for a translation. */
    private static Map<String, Long> languages(Tokenizer tokenizer, int vocabulary) {
        var all = new LinkedHashMap<String, Long>();
        if (!tokenizer.has("<|startoftranscript|>") || !tokenizer.has("<|translate|>")) return all;
        long last = Math.min(tokenizer.id("<|translate|>"), vocabulary);
        for (long id = tokenizer.id("<|startoftranscript|>") + 1; id < last; id++) {
            var code = LANGUAGE.matcher(tokenizer.token(id));
            if (code.matches()) all.put(code.group(1), id);
        }
        return all;
    }

    private static List<Long> ids(JsonNode writing, JsonNode general, String name) {
        JsonNode given = writing.hasNonNull(name) ? writing.get(name) : general.path(name);
        var all = new ArrayList<Long>();
        given.forEach(id -> all.add(id.asLong()));
        return List.copyOf(all);
    }

    /** The token of 0.00 seconds. */
    long zero() { return noTimestamps + 1; }

    boolean isTime(long id) { return id >= zero(); }

    /** The prompt of a window. */
    long[] prompt(String language, boolean translates, boolean times) {
        var prompt = new ArrayList<Long>(List.of(start));
        if (!languages.isEmpty()) {
            prompt.add(languages.get(language));
            prompt.add(translates ? translate : transcribe);
        }
        if (!times) prompt.add(noTimestamps);
        return prompt.stream().mapToLong(id -> id).toArray();
    }
}
