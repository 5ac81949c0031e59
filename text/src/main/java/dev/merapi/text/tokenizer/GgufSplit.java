package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.tensor.Expect;
import java.util.List;
import java.util.stream.Stream;

import static dev.merapi.text.tokenizer.TokenizerFiles.JSON;

/**
 * How texts are split before byte-level BPE, which GGUF files say by a name alone, {@code tokenizer.ggml.pre}.
 *
 * @param names in files, the one that is written first
 * @param pattern of what belongs together; null for GPT-2's
 * @param digits whether each digit stands alone
 * @param normalized whether characters are composed (NFC) first
 * @param ignoresMerges whether what is a token as a whole needs no merges
 */
record GgufSplit(List<String> names, String pattern, boolean digits, boolean normalized, boolean ignoresMerges) {
    private static final String WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}%s"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String CASES = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*"
            + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
            + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final List<GgufSplit> ALL = List.of(
            new GgufSplit(List.of("gpt-2", "phi-2", "jina-es", "jina-de", "gigachat"), null, false, false, false),
            new GgufSplit(List.of("llama-bpe", "llama3", "llama-v3", "falcon3"), WORDS.formatted("{1,3}"), false, false,
                    true),
            new GgufSplit(List.of("qwen2", "deepseek-r1-qwen", "megrez"), WORDS.formatted(""), false, true, false),
            new GgufSplit(List.of("smollm", "refact", "command-r", "starcoder", "codeshell"), null, true, false, false),
            new GgufSplit(List.of("tekken"), CASES, false, false, true));

    static GgufSplit named(String name) {
        return ALL.stream().filter(split -> split.names.contains(name)).findFirst()
                .orElseThrow(() -> Expect.error("tokenizer.ggml.pre", "one of "
                        + ALL.stream().flatMap(split -> split.names.stream()).toList(), name));
    }

    /** That of a {@code tokenizer.json}. */
    static GgufSplit of(ObjectNode tokenizer) {
        var steps = TokenizerCheck.steps(tokenizer, "pre_tokenizer");
        String pattern = steps.stream().filter(step -> step.path("type").asText().equals("Split"))
                .map(step -> step.at("/pattern/Regex").asText()).findFirst().orElse(null);
        boolean digits = steps.stream().anyMatch(step -> step.path("type").asText().equals("Digits"));
        boolean byteLevel = steps.stream().anyMatch(step -> step.path("type").asText().equals("ByteLevel")
                && !step.path("add_prefix_space").asBoolean());
        return ALL.stream().filter(split -> byteLevel && split.digits == digits
                        && (split.pattern == null ? pattern == null : split.pattern.equals(pattern))).findFirst()
                .orElseThrow(() -> Expect.error("Tokenizer.gguf", "texts that are split as by one of "
                        + ALL.stream().map(GgufSplit::name).toList(), pattern == null ? "another way" : pattern));
    }

    /** As files say it. */
    String name() { return names.getFirst(); }

    /** Sets the steps before the model. */
    void into(ObjectNode json) {
        if (normalized) json.set("normalizer", TokenizerJson.object("NFC"));
        JsonNode own = digits ? TokenizerJson.object("Digits").put("individual_digits", true)
                : pattern == null ? null : split();
        var all = TokenizerJson.object("Sequence");
        var steps = all.putArray("pretokenizers");
        Stream.ofNullable(own).forEach(steps::add);
        steps.add(byteLevel(pattern == null));
        json.set("pre_tokenizer", all);
    }

    private ObjectNode split() {
        var split = TokenizerJson.object("Split").put("behavior", "Isolated").put("invert", false);
        split.set("pattern", JSON.createObjectNode().put("Regex", pattern));
        return split;
    }

    /** @param words whether it splits words itself, as GPT-2's */
    static ObjectNode byteLevel(boolean words) {
        return TokenizerJson.object("ByteLevel").put("add_prefix_space", false).put("trim_offsets", false)
                .put("use_regex", words);
    }
}
