package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.text.tokenizer.SentencePieceModel.Algorithm;
import dev.merapi.text.tokenizer.SentencePieceModel.Kind;
import dev.merapi.text.tokenizer.TokenizerJson.Template;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static dev.merapi.text.tokenizer.TokenizerFiles.JSON;
import static dev.merapi.text.tokenizer.TokenizerJson.object;

/** Writes the {@code tokenizer.json} of a SentencePiece model. */
final class SentencePieceJson {
    private static final String SPACE = "\u2581"; // SentencePiece's sign for a space
    /** They give tokens other ids than the file does. */
    private static final Set<String> RENUMBERED = Set.of("XLMRobertaTokenizer", "CamembertTokenizer",
            "MBartTokenizer", "MBart50Tokenizer", "NllbTokenizer", "PegasusTokenizer", "BarthezTokenizer");

    private SentencePieceJson() {}

    static ObjectNode of(SentencePieceModel model, JsonNode config) {
        var family = config.path("tokenizer_class").asText("").replace("Fast", "");
        if (RENUMBERED.contains(family)) {
            throw new IllegalArgumentException("expected a tokenizer.json beside it: a " + family
                    + " numbers tokens in a way of its own. Save one with Hugging Face's save_pretrained.");
        }
        var json = TokenizerJson.empty(switch (model.algorithm()) {
            case UNIGRAM -> unigram(model);
            case BPE -> bpe(model);
            case WORD, CHAR -> throw new IllegalArgumentException("expected a SentencePiece model of type unigram or"
                    + " bpe. Received type " + model.algorithm().name().toLowerCase() + ".");
        });
        var ids = JSON.createObjectNode();
        for (int id = 0; id < model.pieces().size(); id++) {
            var piece = model.pieces().get(id);
            boolean special = piece.kind() == Kind.CONTROL || piece.kind() == Kind.UNKNOWN;
            if (special) ids.put(piece.text(), id);
            if (special || piece.kind() == Kind.USER_DEFINED) TokenizerJson.add(json, id, piece.text(), special, false);
        }
        TokenizerJson.addDeclared(json, config);
        json.set("normalizer", normalizer(model));
        if (model.algorithm() == Algorithm.UNIGRAM) json.set("pre_tokenizer", metaspace(model));
        json.set("decoder", decoder(model));
        json.set("post_processor", template(config, family, ids));
        return json;
    }

    private static ObjectNode unigram(SentencePieceModel model) {
        var json = object("Unigram").put("unk_id", unknown(model)).put("byte_fallback", model.byteFallback());
        var vocabulary = json.putArray("vocab");
        model.pieces().forEach(piece -> vocabulary.addArray().add(piece.text()).add((double) piece.score()));
        return json;
    }

    /** The file holds no merges: they are all ways to join two pieces into a third, the best third first. */
    private static ObjectNode bpe(SentencePieceModel model) {
        record Merge(int left, int right, int whole) {}

        var json = object("BPE").put("unk_token", model.pieces().get(unknown(model)).text()).put("fuse_unk", true)
                .put("byte_fallback", model.byteFallback());
        var ids = json.putObject("vocab");
        for (int id = 0; id < model.pieces().size(); id++) ids.put(model.pieces().get(id).text(), id);
        var merges = new ArrayList<Merge>();
        for (int id = 0; id < model.pieces().size(); id++) {
            var whole = model.pieces().get(id);
            if (whole.kind() != Kind.NORMAL && whole.kind() != Kind.USER_DEFINED) continue;
            for (int cut = 1; cut < whole.text().length(); cut++) {
                JsonNode left = ids.get(whole.text().substring(0, cut)), right = ids.get(whole.text().substring(cut));
                if (left != null && right != null) merges.add(new Merge(left.asInt(), right.asInt(), id));
            }
        }
        // Among equal scores, SentencePiece lets the piece on the left grow: the longest left part is first.
        merges.sort(Comparator.comparingDouble((Merge m) -> -model.pieces().get(m.whole).score())
                .thenComparingInt(m -> -length(model, m.left)).thenComparingInt(m -> -length(model, m.right))
                .thenComparingInt(Merge::whole).thenComparingInt(Merge::left).thenComparingInt(Merge::right));
        var list = json.putArray("merges");
        for (var merge : merges) {
            list.addArray().add(model.pieces().get(merge.left).text()).add(model.pieces().get(merge.right).text());
        }
        return json;
    }

    private static int length(SentencePieceModel model, int id) {
        var text = model.pieces().get(id).text();
        return text.codePointCount(0, text.length());
    }

    private static int unknown(SentencePieceModel model) {
        for (int id = 0; id < model.pieces().size(); id++) {
            if (model.pieces().get(id).kind() == Kind.UNKNOWN) return id;
        }
        throw new IllegalArgumentException("expected a piece for the unknown. Received none.");
    }

    private static ObjectNode normalizer(SentencePieceModel model) {
        var all = object("Sequence");
        var steps = all.putArray("normalizers");
        if (model.charsMap().length > 0) {
            steps.add(object("Precompiled").put("precompiled_charsmap",
                    Base64.getEncoder().encodeToString(model.charsMap())));
        }
        if (model.squeezeSpaces()) {
            steps.add(object("Strip").put("strip_left", true).put("strip_right", true));
            replace(steps, "Regex", " {2,}", " ");
        }
        if (model.algorithm() == Algorithm.BPE) {
            if (model.dummyPrefix()) steps.add(object("Prepend").put("prepend", SPACE));
            replace(steps, "String", " ", SPACE);
        }
        return all;
    }

    private static void replace(ArrayNode steps, String kind, String pattern, String content) {
        var step = object("Replace").put("content", content);
        step.putObject("pattern").put(kind, pattern);
        steps.add(step);
    }

    private static ObjectNode metaspace(SentencePieceModel model) {
        return object("Metaspace").put("replacement", SPACE).put("split", true)
                .put("prepend_scheme", model.dummyPrefix() ? "always" : "never");
    }

    private static ObjectNode decoder(SentencePieceModel model) {
        if (!model.byteFallback()) return metaspace(model);
        var all = object("Sequence");
        var steps = all.putArray("decoders");
        replace(steps, "String", SPACE, " ");
        steps.add(object("ByteFallback")).add(object("Fuse"));
        if (model.dummyPrefix()) steps.add(object("Strip").put("content", " ").put("start", 1).put("stop", 0));
        return all;
    }

    /** Llama begins a text with {@code <s>}, T5 ends it with {@code </s>}; the model file itself says nothing. */
    private static ObjectNode template(JsonNode config, String family, ObjectNode ids) {
        var bos = SpecialTokenNames.name(config, "bos_token", "<s>");
        var eos = SpecialTokenNames.name(config, "eos_token", "</s>");
        boolean begins = config.path("add_bos_token").asBoolean(Set.of("LlamaTokenizer", "GemmaTokenizer")
                .contains(family)) && ids.has(bos);
        boolean ends = config.path("add_eos_token").asBoolean(Set.of("T5Tokenizer", "MT5Tokenizer").contains(family))
                && ids.has(eos);
        if (!begins && !ends) return null;
        var one = (begins ? bos + " " : "") + "$A" + (ends ? " " + eos : "");
        var two = Stream.of(one.replace("$A", "$B").split(" ")) // Llama tells the texts apart, T5 does not
                .map(piece -> begins ? piece + ":1" : piece).collect(Collectors.joining(" "));
        return Template.of(one, one + " " + two, ids);
    }
}
