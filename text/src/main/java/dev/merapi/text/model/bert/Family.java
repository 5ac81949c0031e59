package dev.merapi.text.model.bert;

import java.util.List;

/** What the members of the family differ in beside their settings: names in files, and a few habits. */
enum Family {
    /** Devlin et al. 2019, arXiv:1810.04805. */
    BERT("bert", "encoder.layer",
            List.of("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
                    "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm"),
            List.of("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm",
                    "cls.predictions.bias", "cls.predictions.decoder")),
    /** Liu et al. 2019, arXiv:1907.11692: positions count from the padding id + 1. */
    ROBERTA("roberta", BERT.layers, BERT.layerParts,
            List.of("lm_head.dense", "lm_head.layer_norm", "lm_head.bias", "lm_head.decoder")),
    /** Sanh et al. 2019, arXiv:1910.01108: no token types, no pooler. */
    DISTILBERT("distilbert", "transformer.layer",
            List.of("attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin", "sa_layer_norm",
                    "ffn.lin1", "ffn.lin2", "output_layer_norm"),
            List.of("vocab_transform", "vocab_layer_norm", "", "vocab_projector"));

    private static final List<String> ENCODER = List.of("embeddings.", "encoder.", "transformer.", "pooler.");
    private static final List<String> HEADS =
            List.of("cls.", "lm_head.", "vocab_", "classifier.", "pre_classifier.", "qa_outputs.");

    final String prefix;
    final String layers;
    final List<String> layerParts; // query, key, value, out, its norm, up, down, its norm
    final List<String> maskedLmParts; // transform, its norm, decoder's bias by itself or nothing, decoder

    Family(String prefix, String layers, List<String> layerParts, List<String> maskedLmParts) {
        this.prefix = prefix;
        this.layers = layers;
        this.layerParts = layerParts;
        this.maskedLmParts = maskedLmParts;
    }

    /** The family of a {@code model_type} in a {@code config.json}. */
    static Family of(String modelType) {
        return switch (modelType) {
            case "bert" -> BERT;
            case "roberta", "xlm-roberta", "camembert" -> ROBERTA;
            case "distilbert" -> DISTILBERT;
            default -> throw new IllegalArgumentException("BertConfig.modelType: expected bert, roberta, xlm-roberta,"
                    + " camembert or distilbert. Received " + modelType);
        };
    }

    /** The name that belongs to a field, by the order of both; null for another field. */
    static String nameOf(String field, List<String> names, String... fields) {
        int i = List.of(fields).indexOf(field);
        return i < 0 ? null : names.get(i);
    }

    /**
     * The name that transformers gives a tensor today within a model with a head, or null for a buffer that holds
     * nothing learnt. Files of encoders alone leave out the prefix; TensorFlow's names of norms live on in old files.
     */
    String canonical(String name) {
        if (name.endsWith(".position_ids") || name.endsWith("embeddings.token_type_ids")) return null;
        String today = name.replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight")
                .replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias");
        return ENCODER.stream().anyMatch(today::startsWith) ? prefix + "." + today : today;
    }

    /** Whether a tensor belongs to a head, or to the pooler, which several tasks do without. */
    boolean isHead(String canonical) {
        return canonical.startsWith(prefix + ".pooler.") || HEADS.stream().anyMatch(canonical::startsWith);
    }
}
