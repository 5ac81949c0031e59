package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import static dev.merapi.text.tokenizer.TokenizerFiles.JSON;

/** Writes the {@code tokenizer.json} of tokenizers that came in other files, as Hugging Face's converters write it. */
final class TokenizerJson {
    private static final Set<String> SPECIAL = Set.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<s>", "</s>",
            "<pad>", "<unk>", "<mask>", "<|endoftext|>");

    private TokenizerJson() {}

    /** BERT's WordPiece (Devlin et al. 2019): cleaned text, split at spaces and punctuation. */
    static ObjectNode bert(List<String> vocabulary, JsonNode config) {
        var ids = JSON.createObjectNode();
        for (int id = 0; id < vocabulary.size(); id++) ids.put(vocabulary.get(id), id);
        String unk = SpecialTokenNames.name(config, "unk_token", "[UNK]");
        String cls = SpecialTokenNames.name(config, "cls_token", "[CLS]");
        String sep = SpecialTokenNames.name(config, "sep_token", "[SEP]");
        for (var token : List.of(unk, cls, sep)) {
            if (!ids.has(token)) {
                throw new IllegalArgumentException("expected a BERT vocabulary, one token a line. Received "
                        + ids.size() + " tokens without " + token + ".");
            }
        }
        var model = object("WordPiece").put("unk_token", unk).put("continuing_subword_prefix", "##")
                .put("max_input_chars_per_word", 100);
        model.set("vocab", ids);
        var normalizer = object("BertNormalizer").put("clean_text", true)
                .put("handle_chinese_chars", config.path("tokenize_chinese_chars").asBoolean(true))
                .put("lowercase", config.path("do_lower_case").asBoolean(true));
        normalizer.set("strip_accents", config.path("strip_accents").isBoolean() ? config.get("strip_accents") : null);
        var json = tokenizer(model, ids, config);
        json.set("normalizer", normalizer);
        json.set("pre_tokenizer", object("BertPreTokenizer"));
        json.set("post_processor", Template.of(cls + " $A " + sep, cls + " $A " + sep + " $B:1 " + sep + ":1", ids));
        json.set("decoder", object("WordPiece").put("prefix", "##").put("cleanup", true));
        return json;
    }

    /** Byte-level BPE of GPT-2 (Radford et al. 2019), or of RoBERTa where its special tokens are in the vocabulary. */
    static ObjectNode byteLevelBpe(ObjectNode vocabulary, List<String> merges, JsonNode config) {
        var model = object("BPE");
        model.set("vocab", vocabulary);
        var list = model.putArray("merges");
        for (var merge : merges) {
            if (!merge.startsWith("#version") && !merge.isBlank()) list.add(merge);
        }
        boolean prefix = config.path("add_prefix_space").asBoolean(false);
        var json = tokenizer(model, vocabulary, config);
        json.set("pre_tokenizer", byteLevel(prefix, true));
        json.set("decoder", byteLevel(true, true));
        boolean roberta = vocabulary.has("<s>") && vocabulary.has("</s>");
        json.set("post_processor", roberta ? roberta(vocabulary, prefix) : byteLevel(true, false));
        return json;
    }

    private static ObjectNode roberta(ObjectNode vocabulary, boolean prefix) {
        var post = object("RobertaProcessing").put("trim_offsets", true).put("add_prefix_space", prefix);
        post.putArray("sep").add("</s>").add(vocabulary.get("</s>"));
        post.putArray("cls").add("<s>").add(vocabulary.get("<s>"));
        return post;
    }

    private static ObjectNode byteLevel(boolean prefix, boolean trim) {
        return object("ByteLevel").put("add_prefix_space", prefix).put("trim_offsets", trim).put("use_regex", true);
    }

    /** A tokenizer with this model, and with the special tokens that its vocabulary has. */
    private static ObjectNode tokenizer(ObjectNode model, ObjectNode vocabulary, JsonNode config) {
        var special = new TreeSet<>(SPECIAL);
        special.addAll(SpecialTokenNames.all(config));
        special.removeIf(token -> !vocabulary.has(token));
        var json = empty(model);
        special.stream().sorted((a, b) -> vocabulary.get(a).asInt() - vocabulary.get(b).asInt())
                .forEach(token -> add(json, vocabulary.get(token).asInt(), token, true, token.equals("<mask>")));
        addDeclared(json, config);
        return json;
    }

    static ObjectNode empty(ObjectNode model) {
        var json = JSON.createObjectNode().put("version", "1.0");
        json.putNull("truncation").putNull("padding").putArray("added_tokens");
        for (var part : List.of("normalizer", "pre_tokenizer", "post_processor", "decoder")) json.putNull(part);
        json.set("model", model);
        return json;
    }

    /** Adds the tokens of {@code added_tokens_decoder} that are not there. */
    static void addDeclared(ObjectNode json, JsonNode config) {
        var there = new TreeSet<Integer>();
        json.get("added_tokens").forEach(token -> there.add(token.get("id").asInt()));
        config.path("added_tokens_decoder").properties().stream()
                .filter(e -> !there.contains(Integer.parseInt(e.getKey())))
                .sorted(Map.Entry.comparingByKey((a, b) -> Integer.parseInt(a) - Integer.parseInt(b)))
                .forEach(e -> json.withArray("added_tokens").add(((ObjectNode) e.getValue().deepCopy())
                        .put("id", Integer.parseInt(e.getKey()))));
    }

    /** What {@code tokenizer_config.json} says of BERT's normalizer wins, as in Hugging Face's. */
    static void applyConfig(ObjectNode json, JsonNode config) {
        if (!(json.path("normalizer") instanceof ObjectNode normalizer)) return;
        if (!normalizer.path("type").asText().equals("BertNormalizer")) return;
        if (config.path("do_lower_case").isBoolean()) normalizer.set("lowercase", config.get("do_lower_case"));
        if (config.path("strip_accents").isBoolean()) normalizer.set("strip_accents", config.get("strip_accents"));
    }

    static void add(ObjectNode json, int id, String token, boolean special, boolean stripLeft) {
        json.withArray("added_tokens").addObject().put("id", id).put("content", token).put("single_word", false)
                .put("lstrip", stripLeft).put("rstrip", false).put("normalized", false).put("special", special);
    }

    static ObjectNode object(String type) { return JSON.createObjectNode().put("type", type); }

    /** What is set around texts. */
    static final class Template {
        private Template() {}

        /**
         * {@code of("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", ids)}; the numbers are type ids.
         *
         * @param ids those of the special tokens at least
         */
        static ObjectNode of(String single, String pair, ObjectNode ids) {
            var template = object("TemplateProcessing");
            var tokens = JSON.createObjectNode();
            for (var part : List.of("single", "pair")) {
                var pieces = template.putArray(part);
                for (var piece : (part.equals("single") ? single : pair).split(" ")) {
                    int type = piece.endsWith(":1") ? 1 : 0;
                    var name = piece.replaceFirst(":[01]$", "");
                    boolean sequence = name.equals("$A") || name.equals("$B");
                    pieces.addObject().putObject(sequence ? "Sequence" : "SpecialToken")
                            .put("id", sequence ? name.substring(1) : name).put("type_id", type);
                    if (sequence) continue;
                    var token = tokens.putObject(name).put("id", name);
                    token.putArray("ids").add(ids.get(name));
                    token.putArray("tokens").add(name);
                }
            }
            template.set("special_tokens", tokens);
            return template;
        }
    }
}
