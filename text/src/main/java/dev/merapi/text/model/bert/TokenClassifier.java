package dev.merapi.text.model.bert;

import dev.merapi.nn.F;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Name;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Signed;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

/**
 * One class for each token, such as the names in a text: transformers' {@code BertForTokenClassification} and its
 * relatives. Shapes: B sequences of T tokens to logits (B, T, labels).
 */
public final class TokenClassifier extends Layer implements Signed {
    private static final String TASK = "ForTokenClassification";

    final Bert encoder;
    @Name("classifier") Unary out;

    /** With new weights, for {@link BertConfig#labels}. */
    public TokenClassifier(BertConfig config) {
        encoder = new Bert(config, false);
        var head = new Linear(config.hiddenSize(), config.id2label().size());
        Bert.initialise(head, config);
        out = head;
    }

    @Override protected String nameOf(String field) {
        return field.equals("encoder") ? encoder.config().family().prefix : null;
    }

    /**
     * Loads a classifier; names are understood as by {@link Bert#load}.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape; or naming
     *     the architecture in {@code config.json}, if it is another task's
     */
    public static TokenClassifier load(Path folder) {
        var config = BertConfig.read(folder);
        return Pretrained.load(() -> new TokenClassifier(config), config, TASK, folder);
    }

    /** A new classifier on the encoder of any model of the family; throws as {@link #load}. */
    public static TokenClassifier fineTune(Path folder, List<String> labels) {
        var config = BertConfig.read(folder).labels(labels);
        return Pretrained.loadEncoder(() -> new TokenClassifier(config), config, folder);
    }

    /** Saves settings and weights as transformers' {@code BertForTokenClassification} or its relative. */
    public void save(Path folder) { Pretrained.save(this, encoder.config(), TASK, folder); }

    @Override public Signature signature() {
        return Tokens.signature(this, encoder.config(), "logits", this::forward);
    }

    /** The encoder below the head. */
    public Bert encoder() { return encoder; }

    /** Logits (B, T, labels). */
    public Tensor forward(Tokens tokens) {
        var config = encoder.config();
        double p = config.family() == Family.DISTILBERT ? config.hiddenDropoutProb() : config.headDropout();
        return out.forward(F.dropout(encoder.forward(tokens), p, isTraining()));
    }
}
