package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Refuses a {@code tokenizer.json} at which the native library would end the process, rather than say what is wrong;
 * what it says itself is left to it.
 */
final class TokenizerCheck {
    private static final int MAX_DEPTH = 100; // the library reads 128
    private static final int MAX_IDS = 1 << 24; // a hundred times the largest vocabularies
    private static final int MAX_TOKEN = 1000; // characters: the library frees a Unigram's byte by byte on the stack
    private static final Map<String, String> LISTS = Map.of("normalizer", "normalizers", "pre_tokenizer",
            "pretokenizers", "post_processor", "processors", "decoder", "decoders");
    private static final Map<String, Set<String>> TYPES = Map.of(
            "normalizer", Set.of("BertNormalizer", "Strip", "StripAccents", "NFC", "NFD", "NFKC", "NFKD", "Lowercase",
                    "Nmt", "Precompiled", "Replace", "Prepend", "ByteLevel"),
            "pre_tokenizer", Set.of("BertPreTokenizer", "ByteLevel", "CharDelimiterSplit", "Metaspace", "Whitespace",
                    "Split", "Punctuation", "WhitespaceSplit", "Digits", "UnicodeScripts", "FixedLength"),
            "post_processor", Set.of("RobertaProcessing", "BertProcessing", "ByteLevel", "TemplateProcessing"),
            "decoder", Set.of("BPEDecoder", "ByteLevel", "WordPiece", "Metaspace", "CTC", "Replace", "Fuse", "Strip",
                    "ByteFallback"));

    private TokenizerCheck() {}

    /**
     * Checks all but what {@link TextLimits} does. Files that do not name the type of their model, as old ones do not,
     * and character maps are written anew as the library wants them.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    static void check(ObjectNode tokenizer) {
        checkNesting(tokenizer, MAX_DEPTH);
        steps(tokenizer, "normalizer").forEach(TokenizerCheck::normalizer);
        steps(tokenizer, "pre_tokenizer").forEach(TokenizerCheck::preTokenizer);
        steps(tokenizer, "decoder").forEach(TokenizerCheck::decoder);
        postProcessor(steps(tokenizer, "post_processor"));
        if (!(tokenizer.get("model") instanceof ObjectNode model)) {
            throw wrong("model", "an object", tokenizer.path("model"));
        }
        if (!model.has("type")) model.put("type", type(model));
        model(model);
        ids(tokenizer);
        strips(tokenizer.path("added_tokens"));
    }

    /** And numbers, which the library reads as of 64 bits. */
    private static void checkNesting(JsonNode node, int left) {
        if (left == 0) {
            throw new IllegalArgumentException("expected objects and lists in at most " + MAX_DEPTH
                    + " others. Received deeper ones.");
        }
        for (var child : node) {
            if (child.isContainerNode()) checkNesting(child, left - 1);
            if (child.isBigInteger() && Double.isInfinite(child.doubleValue())) {
                throw new IllegalArgumentException("expected numbers below 1.8e308. Received one of "
                        + child.asText().length() + " digits.");
            }
        }
    }

    /**
     * The steps of a part, without the sequences around them; none where there is no such part.
     *
     * @throws IllegalArgumentException if one has no type, or an unknown one
     */
    static List<ObjectNode> steps(JsonNode tokenizer, String part) {
        var steps = new ArrayList<ObjectNode>();
        if (tokenizer.hasNonNull(part)) add(tokenizer.get(part), part, steps);
        return steps;
    }

    private static void add(JsonNode step, String part, List<ObjectNode> steps) {
        var type = step.path("type").asText();
        if (type.equals("Sequence")) {
            for (var inner : step.path(LISTS.get(part))) add(inner, part, steps);
        } else if (step instanceof ObjectNode object && TYPES.get(part).contains(type)) {
            steps.add(object);
        } else {
            throw wrong(part, "a Sequence or one of " + TYPES.get(part).stream().sorted().toList(),
                    step.isObject() ? step.path("type") : step);
        }
    }

    private static void normalizer(ObjectNode step) {
        switch (step.get("type").asText()) {
            case "Precompiled" -> step.put("precompiled_charsmap", Base64.getEncoder().encodeToString(charsMap(step)));
            case "Prepend" -> expect(!step.path("prepend").asText().isEmpty(), "Prepend.prepend", "a text",
                    step.path("prepend"));
            case "Replace" -> {
                var pattern = step.path("pattern");
                boolean some = pattern.has("Regex") ? RegexParser.parse(pattern.get("Regex").asText()).width() > 0
                        : !pattern.path("String").asText().isEmpty();
                expect(some, "Replace.pattern", "one that stands for a character at least", pattern);
            }
            default -> { }
        }
    }

    /** The bytes of a {@code Precompiled} normalizer. */
    static byte[] charsMap(JsonNode step) {
        var text = step.path("precompiled_charsmap");
        expect(text.isTextual(), "Precompiled.precompiled_charsmap", "a text", text);
        try {
            return Base64.getDecoder().decode(text.asText());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Precompiled.precompiled_charsmap: expected Base64. Received: "
                    + e.getMessage(), e);
        }
    }

    private static void preTokenizer(ObjectNode step) {
        if (!step.get("type").asText().equals("FixedLength")) return;
        expect(!step.has("length") || step.get("length").asLong() > 0, "FixedLength.length", "at least 1",
                step.path("length"));
    }

    private static void decoder(ObjectNode step) {
        if (!step.get("type").asText().equals("Strip")) return;
        expect(step.path("stop").asLong() == 0, "Strip.stop", "0, as the library fails at texts that are shorter",
                step.path("stop"));
    }

    private static void postProcessor(List<ObjectNode> steps) {
        int around = 0;
        for (var step : steps) {
            if (!step.get("type").asText().equals("ByteLevel")) around++;
            if (!step.has("single") && !step.has("pair")) continue; // else the library takes it for a template
            checkTemplate(step, "single", List.of("A"));
            checkTemplate(step, "pair", List.of("A", "B"));
            around += step.get("type").asText().equals("ByteLevel") ? 1 : 0;
        }
        if (around > 1) {
            throw new IllegalArgumentException("post_processor: expected one step that sets tokens around texts."
                    + " Received " + around + ".");
        }
    }

    /** The texts must stand in it once each: else their tokens cannot be counted, which cutting them rests on. */
    private static void checkTemplate(ObjectNode template, String name, List<String> texts) {
        var received = new ArrayList<String>();
        for (var piece : template.path(name)) {
            var text = piece.path("Sequence").path("id");
            if (text.isTextual()) received.add(text.asText());
            var special = piece.path("SpecialToken").path("id");
            expect(!special.isTextual() || template.path("special_tokens").has(special.asText()),
                    "TemplateProcessing." + name, "tokens of its special_tokens", special);
        }
        expect(received.stream().sorted().toList().equals(texts), "TemplateProcessing." + name, "each of the texts "
                + texts + " once", TokenizerFiles.JSON.valueToTree(received));
    }

    /** The first kind of model that has these settings, as the library guesses. */
    private static String type(JsonNode model) {
        if (model.has("merges")) return "BPE";
        if (model.path("vocab").isArray()) return "Unigram";
        return model.has("continuing_subword_prefix") && model.has("max_input_chars_per_word") ? "WordPiece"
                : "WordLevel";
    }

    private static void model(ObjectNode model) {
        var vocabulary = model.path("vocab");
        var unknown = model.path("unk_token");
        boolean known = switch (model.get("type").asText()) {
            case "Unigram" -> {
                for (var piece : vocabulary) {
                    expect(piece.path(0).asText().length() <= MAX_TOKEN, "model.vocab", "pieces of at most " + MAX_TOKEN
                            + " characters", piece.path(0));
                }
                yield model.path("unk_id").isInt();
            }
            case "WordPiece", "WordLevel" -> vocabulary.has(unknown.asText());
            case "BPE" -> {
                checkMerges(model);
                expect(model.path("dropout").asDouble() == 0, "model.dropout", "none, as it changes ids from call to"
                        + " call", model.path("dropout"));
                yield !unknown.isTextual() || vocabulary.has(unknown.asText());
            }
            default -> throw wrong("model.type", "BPE, Unigram, WordLevel or WordPiece", model.get("type"));
        };
        if (!known) throw new IllegalArgumentException("Its unknown token is not in its vocabulary.");
    }

    /** The library cuts the prefix off the second part of a merge without looking. */
    private static void checkMerges(JsonNode model) {
        var prefix = model.path("continuing_subword_prefix").asText("");
        if (prefix.isEmpty()) return;
        for (var merge : model.path("merges")) {
            var second = merge.isTextual() ? merge.asText().substring(merge.asText().indexOf(' ') + 1)
                    : merge.path(1).asText();
            expect(second.startsWith(prefix), "model.merges", "second parts that begin with " + prefix, merge);
        }
    }

    private static void ids(JsonNode tokenizer) {
        var vocabulary = tokenizer.path("model").path("vocab");
        if (vocabulary.isObject()) vocabulary.forEach(id -> checkId(id, "model.vocab"));
        tokenizer.path("added_tokens").forEach(token -> checkId(token.path("id"), "added_tokens"));
    }

    /** One token may take the spaces behind it, with which the next would begin; the library then looks before it. */
    private static void strips(JsonNode tokens) {
        boolean taken = false;
        for (var token : tokens) taken |= token.path("rstrip").asBoolean();
        if (!taken) return;
        for (var token : tokens) {
            var content = token.path("content").asText();
            if (content.isEmpty() || !token.path("lstrip").asBoolean()) continue;
            int first = content.codePointAt(0);
            expect(first > ' ' && first < 127 || Character.isLetterOrDigit(first), "added_tokens", "tokens with lstrip"
                    + " that begin with a letter or sign where others have rstrip", token.path("content"));
        }
    }

    private static void checkId(JsonNode id, String where) {
        expect(id.isIntegralNumber() && id.canConvertToInt() && id.asInt() >= 0 && id.asInt() < MAX_IDS, where,
                "ids from 0 to " + (MAX_IDS - 1), id);
    }

    /**
     * Refuses tokens that are empty once they are normalized, as the library then finds them inside of characters.
     * Nothing but the library itself knows: it is asked by a tokenizer with this normalizer and no such tokens.
     */
    static void checkAdded(ObjectNode tokenizer, TextLimits limits) {
        var tokens = new ArrayList<String>();
        for (var token : tokenizer.path("added_tokens")) {
            var content = token.path("content").asText();
            if (token.path("normalized").asBoolean() && !content.isEmpty()) tokens.add(content);
        }
        if (tokens.isEmpty() || !tokenizer.hasNonNull("normalizer")) return;
        var model = TokenizerJson.object("WordLevel").put("unk_token", "?");
        model.putObject("vocab").put("?", 0);
        var asking = TokenizerJson.empty(model);
        asking.set("normalizer", tokenizer.get("normalizer"));
        try (var library = new NativeTokenizer(asking.toString(), limits)) {
            var ids = library.ids(tokens, EncodeOptions.DEFAULT);
            for (int i = 0; i < tokens.size(); i++) {
                expect(ids.get(i).length > 0, "added_tokens", "tokens that the normalizer leaves a character of",
                        TokenizerFiles.JSON.getNodeFactory().textNode(tokens.get(i)));
            }
        }
    }

    private static void expect(boolean holds, String where, String expected, JsonNode received) {
        if (!holds) throw wrong(where, expected, received);
    }

    private static IllegalArgumentException wrong(String where, String expected, JsonNode received) {
        return Expect.error(where, expected,
                received.isMissingNode() ? "none" : RegexParser.shown(received.toString()));
    }
}
