package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Which tokens are special: {@code tokenizer_config.json} says so; without one, well-known names do. */
final class SpecialTokenNames {
    private static final List<String> KEYS = List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token",
            "cls_token", "mask_token");
    private static final Map<String, List<String>> KNOWN = Map.of(
            "pad_token", List.of("[PAD]", "<pad>"),
            "bos_token", List.of("<s>", "<bos>", "<|begin_of_text|>", "<|startoftext|>"),
            "cls_token", List.of("[CLS]"),
            "eos_token", List.of("</s>", "<eos>", "<|endoftext|>", "<|end_of_text|>"),
            "sep_token", List.of("[SEP]"),
            "unk_token", List.of("[UNK]", "<unk>"),
            "mask_token", List.of("[MASK]", "<mask>"));

    private SpecialTokenNames() {}

    /** The name under a key, which is a text or an object with one; {@code otherwise} where there is none. */
    static String name(JsonNode config, String key, String otherwise) {
        var token = config.path(key);
        if (token.isTextual()) return token.asText();
        return token.path("content").isTextual() ? token.path("content").asText() : otherwise;
    }

    /** A {@code tokenizer_config.json} with these special tokens. */
    static ObjectNode config(List<String> tokens) {
        var config = TokenizerFiles.JSON.createObjectNode();
        for (var key : KEYS) {
            KNOWN.get(key).stream().filter(tokens::contains).findFirst().ifPresent(token -> config.put(key, token));
        }
        var others = config.putArray("additional_special_tokens");
        tokens.stream().filter(token -> !named(config).contains(token)).forEach(others::add);
        return config;
    }

    /** The names of all special tokens that are set. */
    static Set<String> all(JsonNode config) {
        var names = named(config);
        for (var token : config.path("additional_special_tokens")) {
            names.add(token.isTextual() ? token.asText() : token.path("content").asText());
        }
        return names;
    }

    private static Set<String> named(JsonNode config) {
        var names = new TreeSet<String>();
        for (var key : KEYS) {
            if (name(config, key, null) != null) names.add(name(config, key, null));
        }
        return names;
    }

    static SpecialTokens resolve(JsonNode config, Map<String, Integer> ids) {
        boolean said = !named(config).isEmpty();
        Function<String, OptionalLong> id = key -> {
            var names = said ? List.of(name(config, key, "")) : KNOWN.get(key);
            return names.stream().filter(ids::containsKey).mapToLong(ids::get).findFirst();
        };
        return new SpecialTokens(id.apply("pad_token"), either(id.apply("bos_token"), id.apply("cls_token")),
                either(id.apply("eos_token"), id.apply("sep_token")), id.apply("unk_token"), id.apply("mask_token"));
    }

    private static OptionalLong either(OptionalLong a, OptionalLong b) { return a.isPresent() ? a : b; }
}
