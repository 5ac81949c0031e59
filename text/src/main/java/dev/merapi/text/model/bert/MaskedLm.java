package dev.merapi.text.model.bert;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Name;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
public final class MaskedLm extends Layer {
    @Name("") private final Map<String, Object> parts = new LinkedHashMap<>();
    private final transient Bert encoder;
    private final transient Linear transform;
    private final transient LayerNorm norm;
    private final transient Param words; // (V, E)
    private final transient Param bias; // (V)

    public MaskedLm(BertConfig config) {
        int dim = config.hiddenSize();
        encoder = new Bert(config, false);
        transform = new Linear(dim, dim);
        norm = new LayerNorm(dim, config.layerNormEps());
        words = encoder.words.params().get("weight");
        bias = param(Init.zeros(), config.vocabSize());
        Bert.initialise(transform, config);
        List<String> names = config.family().maskedLmParts;
        parts.put(config.family().prefix, encoder);
        parts.put(names.get(0), transform);
        parts.put(names.get(1), norm);
        parts.put(names.get(2), words);
        for (String name : names.subList(3, names.size())) parts.put(name, bias);
    }

    /**
     * Loads a model folder; names are understood as by {@link Bert#load}.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape
     */
    public static MaskedLm load(Path folder) {
        var config = BertConfig.read(folder);
        return Pretrained.load(() -> new MaskedLm(config), config, folder);
    }

    /** Saves settings and weights as transformers' {@code BertForMaskedLM} or its relative. */
    public void save(Path folder) { Pretrained.save(this, encoder.config(), "ForMaskedLM", folder); }

    public Bert encoder() { return encoder; }

    /** Logits (B, T, V) of every word at every place. */
    public Tensor forward(Tokens tokens) { return logits(encoder.forward(tokens)); }

    /** Logits (…, V) from the encoder's vectors (…, E), such as those of the gaps alone. */
    public Tensor logits(Tensor hidden) {
        Tensor x = encoder.config().activation().forward(transform.forward(hidden));
        return F.linear(norm.forward(x), words, bias);
    }
}
