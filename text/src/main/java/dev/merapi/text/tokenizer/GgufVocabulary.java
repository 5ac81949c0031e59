package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.tensor.Expect;
import dev.merapi.text.tokenizer.SentencePieceModel.Algorithm;
import dev.merapi.text.tokenizer.SentencePieceModel.Kind;
import dev.merapi.text.tokenizer.SentencePieceModel.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import static dev.merapi.text.tokenizer.TokenizerFiles.JSON;

/** Tokenizers as GGUF files have them: tokens with a kind of each, scores or merges, and which are special. */
final class GgufVocabulary {
    private static final String KEY = "tokenizer.ggml.";
    private static final Map<String, String> SPECIAL = Map.of("bos", "bos_token", "eos", "eos_token", "unknown",
            "unk_token", "padding", "pad_token");

    private GgufVocabulary() {}

    static TokenizerFiles read(Map<String, Object> settings) {
        var tokens = list(settings, "tokens", String.class);
        var config = JSON.createObjectNode();
        SPECIAL.forEach((key, name) -> {
            if (settings.get(KEY + key + "_token_id") instanceof Long id && id >= 0 && id < tokens.size()) {
                config.put(name, tokens.get(id.intValue()));
            }
        });
        Object model = settings.get(KEY + "model");
        boolean pieces = "llama".equals(model);
        config.put("add_bos_token", flag(settings, "add_bos_token", pieces))
                .put("add_eos_token", flag(settings, "add_eos_token", false));
        Expect.that(pieces || "gpt2".equals(model), KEY + "model", "llama (SentencePiece) or gpt2 (byte-level BPE)",
                model == null ? "none" : model);
        var kinds = settings.containsKey(KEY + "token_type") ? list(settings, "token_type", Long.class)
                : Collections.nCopies(tokens.size(), 1L);
        Expect.that(kinds.size() == tokens.size() && kinds.stream().allMatch(kind -> kind >= 1 && kind <= 6),
                KEY + "token_type", "a kind from 1 to 6 of each of " + tokens.size() + " tokens", kinds.size());
        return new TokenizerFiles("the GGUF file's settings", pieces ? pieces(settings, tokens, kinds, config)
                : bytes(settings, tokens, kinds, config), config);
    }

    private static ObjectNode pieces(Map<String, Object> settings, List<String> tokens, List<Long> kinds,
            ObjectNode config) {
        var scores = list(settings, "scores", Float.class);
        Expect.that(scores.size() == tokens.size() && scores.stream().allMatch(Float::isFinite), KEY + "scores",
                "a number for each of " + tokens.size() + " tokens", scores.size());
        var pieces = new ArrayList<Piece>();
        for (int id = 0; id < tokens.size(); id++) {
            pieces.add(new Piece(tokens.get(id), scores.get(id), Kind.values()[kinds.get(id).intValue() - 1]));
        }
        return SentencePieceJson.of(new SentencePieceModel(pieces, Algorithm.BPE, kinds.contains(6L), new byte[0],
                flag(settings, "add_space_prefix", true), flag(settings, "remove_extra_whitespaces", false)), config);
    }

    private static ObjectNode bytes(Map<String, Object> settings, List<String> tokens, List<Long> kinds,
            ObjectNode config) {
        var split = GgufSplit.named(String.valueOf(settings.get(KEY + "pre")));
        var model = TokenizerJson.object("BPE").put("ignore_merges", split.ignoresMerges());
        var vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) vocabulary.put(tokens.get(id), id);
        var merges = model.putArray("merges");
        list(settings, "merges", String.class).forEach(merges::add);
        var json = TokenizerJson.empty(model);
        for (int id = 0; id < tokens.size(); id++) {
            long kind = kinds.get(id);
            if (kind == 3 || kind == 4) TokenizerJson.add(json, id, tokens.get(id), kind == 3, false);
        }
        split.into(json);
        json.set("decoder", GgufSplit.byteLevel(true));
        var before = config.get("add_bos_token").booleanValue() ? config.path("bos_token").asText() : "";
        var after = config.get("add_eos_token").booleanValue() ? config.path("eos_token").asText() : "";
        if (before.isEmpty() && after.isEmpty()) return json;
        var one = (before + " $A " + after).strip();
        json.set("post_processor", TokenizerJson.Template.of(one, one + " " + one.replace("$A", "$B"), vocabulary));
        return json;
    }

    private static boolean flag(Map<String, Object> settings, String key, boolean usual) {
        Object value = settings.getOrDefault(KEY + key, usual);
        Expect.that(value instanceof Boolean, KEY + key, "true or false", value);
        return (Boolean) value;
    }

    @SuppressWarnings("unchecked") // all elements are looked at
    private static <T> List<T> list(Map<String, Object> settings, String key, Class<T> type) {
        Object value = settings.get(KEY + key);
        boolean good = value instanceof List<?> list && list.stream().allMatch(type::isInstance);
        Expect.that(good, KEY + key, "a list", value == null ? "none" : "something else");
        return (List<T>) value;
    }

    /** @param rows of the embedding: those behind the tokens are written as unused ones */
    static Map<String, Object> write(ObjectNode tokenizer, TokenIds ids, SpecialTokens special, int rows) {
        JsonNode model = tokenizer.path("model");
        Expect.that(model.path("type").asText().equals("BPE"), "Tokenizer.gguf", "BPE", model.path("type").asText());
        boolean pieces = model.path("byte_fallback").asBoolean();
        var tokens = new ArrayList<String>();
        for (int id = 0; id < rows; id++) {
            String token = id < ids.size() ? ids.tokens()[id] : null;
            tokens.add(token == null ? "[PAD" + id + "]" : token);
        }
        var settings = new LinkedHashMap<String, Object>();
        settings.put(KEY + "model", pieces ? "llama" : "gpt2");
        settings.put(KEY + "pre", pieces ? "default" : GgufSplit.of(tokenizer).name());
        settings.put(KEY + "tokens", tokens);
        if (pieces) settings.put(KEY + "scores", scores(model.path("merges"), tokens));
        else settings.put(KEY + "merges", merges(model.path("merges")));
        settings.put(KEY + "token_type", kinds(tokenizer, ids, tokens, pieces));
        put(settings, "bos", special.bos());
        put(settings, "eos", special.eos());
        put(settings, "unknown", special.unk());
        put(settings, "padding", special.pad());
        settings.put(KEY + "add_bos_token", beginsWith(tokenizer, special.bos(), tokens));
        settings.put(KEY + "add_eos_token", false);
        if (pieces) {
            settings.put(KEY + "add_space_prefix", TokenizerCheck.steps(tokenizer, "normalizer").stream()
                    .anyMatch(step -> step.path("type").asText().equals("Prepend")));
        }
        return settings;
    }

    private static void put(Map<String, Object> settings, String key, OptionalLong id) {
        id.ifPresent(value -> settings.put(KEY + key + "_token_id", (int) value));
    }

    /** Whether texts begin with a token, by what the tokenizer sets around them. */
    private static boolean beginsWith(ObjectNode tokenizer, OptionalLong bos, List<String> tokens) {
        if (bos.isEmpty()) return false;
        String token = tokens.get((int) bos.getAsLong());
        return TokenizerCheck.steps(tokenizer, "post_processor").stream()
                .anyMatch(step -> step.at("/single/0/SpecialToken/id").asText().equals(token));
    }

    private static List<String> merges(JsonNode merges) {
        var all = new ArrayList<String>();
        merges.forEach(merge -> all.add(merge.isArray() ? merge.get(0).asText() + " " + merge.get(1).asText()
                : merge.asText()));
        return all;
    }

    /** llama.cpp joins what has the best score first: the order of the merges. */
    private static List<Float> scores(JsonNode merges, List<String> tokens) {
        var order = new HashMap<String, Integer>();
        for (String merge : merges(merges)) order.putIfAbsent(merge.replace(" ", ""), order.size());
        return tokens.stream().map(token -> (float) -order.getOrDefault(token, 0)).toList();
    }

    private static List<Integer> kinds(ObjectNode tokenizer, TokenIds ids, List<String> tokens, boolean pieces) {
        var kinds = new Integer[tokens.size()];
        Arrays.fill(kinds, 1);
        for (int id = 0; id < kinds.length; id++) {
            if (id >= ids.size() || ids.tokens()[id] == null) kinds[id] = 5;
            else if (pieces && tokens.get(id).matches("<0x[0-9A-F]{2}>")) kinds[id] = 6;
        }
        String unknown = tokenizer.path("model").path("unk_token").asText("");
        for (JsonNode token : tokenizer.path("added_tokens")) {
            int id = token.path("id").asInt();
            if (id >= kinds.length) continue;
            boolean isUnknown = token.path("content").asText().equals(unknown);
            kinds[id] = !token.path("special").asBoolean() ? 4 : isUnknown && pieces ? 2 : 3;
        }
        return List.of(kinds);
    }
}
