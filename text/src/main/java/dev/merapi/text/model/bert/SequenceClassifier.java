package dev.merapi.text.model.bert;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Name;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One class for each text: transformers' {@code BertForSequenceClassification} and its relatives.
 *
 * <pre>{@code
 * var model = SequenceClassifier.fineTune(Path.of("bert-base-uncased"), List.of("negative", "positive"));
 * }</pre>
 *
 * <p>Shapes: B sequences to logits (B, labels).
 */
public final class SequenceClassifier extends Layer {
    @Name("") private final Map<String, Layer> parts = new LinkedHashMap<>();
    private final transient Bert encoder;
    private final transient Linear dense; // in front of the last; null for BERT, whose pooler does its work
    private final transient Linear out;

    /** With new weights, for {@link BertConfig#labels}. */
    public SequenceClassifier(BertConfig config) {
        var family = config.family();
        int dim = config.hiddenSize();
        encoder = new Bert(config, family == Family.BERT);
        dense = family == Family.BERT ? null : new Linear(dim, dim);
        out = new Linear(dim, config.id2label().size());
        parts.put(family.prefix, encoder);
        if (dense != null) {
            parts.put(family == Family.ROBERTA ? "classifier.dense" : "pre_classifier", dense);
            Bert.initialise(dense, config);
        }
        parts.put(family == Family.ROBERTA ? "classifier.out_proj" : "classifier", out);
        Bert.initialise(out, config);
    }

    /**
     * Loads a classifier; names are understood as by {@link Bert#load}.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape
     */
    public static SequenceClassifier load(Path folder) {
        var config = BertConfig.read(folder);
        return Pretrained.load(() -> new SequenceClassifier(config), config, folder);
    }

    /** A new classifier on the encoder of any model of the family; throws as {@link #load}. */
    public static SequenceClassifier fineTune(Path folder, List<String> labels) {
        var config = BertConfig.read(folder).withLabels(labels);
        return Pretrained.loadEncoder(() -> new SequenceClassifier(config), config, folder);
    }

    /** Saves settings and weights as transformers' {@code BertForSequenceClassification} or its relative. */
    public void save(Path folder) { Pretrained.save(this, encoder.config(), "ForSequenceClassification", folder); }

    public Bert encoder() { return encoder; }

    /** Logits (B, labels). */
    public Tensor forward(Tokens tokens) {
        var config = encoder.config();
        Tensor hidden = encoder.forward(tokens); // (B, T, E)
        Tensor x = switch (config.family()) {
            case BERT -> encoder.pool(hidden);
            case ROBERTA -> dense.forward(drop(hidden.select(1, 0))).tanh();
            case DISTILBERT -> dense.forward(hidden.select(1, 0)).relu();
        };
        return out.forward(drop(x));
    }

    private Tensor drop(Tensor x) { return F.dropout(x, encoder.config().headDropout(), isTraining()); }
}
