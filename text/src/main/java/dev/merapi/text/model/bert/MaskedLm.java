package dev.merapi.text.model.bert;

import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Signed;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

/**
 * Says which words could stand in a text's gaps: transformers' {@code BertForMaskedLM} and its relatives. The words'
 * vectors are both the first and the last layer.
 *
 * <pre>{@code
 * var model = MaskedLm.load(Path.of("bert-base-uncased"));
 * model.eval();
 * Tensor words = model.forward(tokens).select(1, gap).softmax(-1).topk(5, -1).indices();
 * }</pre>
 *
 * <p>B batch, T tokens, E hidden size, V vocabulary.
 */
public final class MaskedLm extends Layer implements Signed {
    private static final String TASK = "ForMaskedLM";

    final Bert encoder;
    Unary transform;
    Unary norm;
    final Param bias; // (V): the decoder's own, which has two names; or null
    Unary decoder; // on the words' vectors
    private final transient List<String> names;

    /** A model with random weights. */
    public MaskedLm(BertConfig config) {
        int dim = config.hiddenSize();
        encoder = new Bert(config, false);
        var dense = new Linear(dim, dim);
        Param own = param(Init.zeros(), config.vocabSize());
        Bert.initialise(dense, config);
        transform = dense;
        norm = new LayerNorm(dim, config.layerNormEps());
        decoder = new Linear(encoder.params().get("embeddings.word_embeddings.weight"), own);
        bias = config.family() == Family.DISTILBERT ? null : own;
        names = config.family().maskedLmParts;
    }

    @Override protected String nameOf(String field) {
        if (field.equals("encoder")) return encoder.config().family().prefix;
        return Family.nameOf(field, names, "transform", "norm", "bias", "decoder");
    }

    /**
     * Loads a model folder; names are understood as by {@link Bert#load}.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape; or naming
     *     the architecture in {@code config.json}, if it is another task's
     */
    public static MaskedLm load(Path folder) {
        var config = BertConfig.read(folder);
        return Pretrained.load(() -> new MaskedLm(config), config, TASK, folder);
    }

    /** Saves settings and weights as transformers' {@code BertForMaskedLM} or its relative. */
    public void save(Path folder) { Pretrained.save(this, encoder.config(), TASK, folder); }

    @Override public Signature signature() {
        return Tokens.signature(this, encoder.config(), "logits", this::forward);
    }

    /** The encoder below the head. */
    public Bert encoder() { return encoder; }

    /** Logits (B, T, V) of every word at every place. */
    public Tensor forward(Tokens tokens) { return logits(encoder.forward(tokens)); }

    /** Logits (…, V) from the encoder's vectors (…, E), such as those of the gaps alone. */
    public Tensor logits(Tensor hidden) {
        Tensor x = encoder.config().activation().forward(transform.forward(hidden));
        return decoder.forward(norm.forward(x));
    }
}
