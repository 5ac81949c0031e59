package dev.merapi.text.model.bert;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Signed;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

/**
 * One class for each text: transformers' {@code BertForSequenceClassification} and its relatives.
 *
 * <pre>{@code
 * var model = SequenceClassifier.fineTune(Path.of("bert-base-uncased"), List.of("negative", "positive"));
 * }</pre>
 *
 * <p>Shapes: B sequences to logits (B, labels).
 */
public final class SequenceClassifier extends Layer implements Signed {
    private static final String TASK = "ForSequenceClassification";

    final Bert encoder;
    Unary dense; // in front of the last; null for BERT, whose pooler does its work
    Unary out;

    /** With new weights, for {@link BertConfig#labels}. */
    public SequenceClassifier(BertConfig config) {
        var family = config.family();
        int dim = config.hiddenSize();
        encoder = new Bert(config, family == Family.BERT);
        var before = family == Family.BERT ? null : new Linear(dim, dim);
        var last = new Linear(dim, config.id2label().size());
        if (before != null) Bert.initialise(before, config);
        Bert.initialise(last, config);
        dense = before;
        out = last;
    }

    @Override protected String nameOf(String field) {
        var family = encoder.config().family();
        boolean roberta = family == Family.ROBERTA;
        return switch (field) {
            case "encoder" -> family.prefix;
            case "dense" -> roberta ? "classifier.dense" : "pre_classifier";
            case "out" -> roberta ? "classifier.out_proj" : "classifier";
            default -> null;
        };
    }

    /**
     * Loads a classifier; names are understood as by {@link Bert#load}.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape; or naming
     *     the architecture in {@code config.json}, if it is another task's
     */
    public static SequenceClassifier load(Path folder) {
        var config = BertConfig.read(folder);
        return Pretrained.load(() -> new SequenceClassifier(config), config, TASK, folder);
    }

    /** A new classifier on the encoder of any model of the family; throws as {@link #load}. */
    public static SequenceClassifier fineTune(Path folder, List<String> labels) {
        var config = BertConfig.read(folder).labels(labels);
        return Pretrained.loadEncoder(() -> new SequenceClassifier(config), config, folder);
    }

    /** Saves settings and weights as transformers' {@code BertForSequenceClassification} or its relative. */
    public void save(Path folder) { Pretrained.save(this, encoder.config(), TASK, folder); }

    @Override public Signature signature() {
        return Tokens.signature(this, encoder.config(), "logits", this::forward);
    }

    /** The encoder below the head. */
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
