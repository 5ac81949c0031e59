package dev.merapi.text.model.bert;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.nn.Blocks;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Name;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Signed;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The encoder of BERT (Devlin et al. 2019, <a href="https://arxiv.org/abs/1810.04805">arXiv:1810.04805</a>), RoBERTa
 * (<a href="https://arxiv.org/abs/1907.11692">arXiv:1907.11692</a>) or DistilBERT
 * (<a href="https://arxiv.org/abs/1910.01108">arXiv:1910.01108</a>): a vector for each token, from both sides of it.
 * Parameters are named as in transformers' {@code BertModel}, {@code RobertaModel} and {@code DistilBertModel}.
 *
 * <pre>{@code
 * var bert = Bert.load(Path.of("bert-base-uncased"));
 * bert.eval();
 * Tensor hidden = bert.forward(Tokens.of(ids, config.padTokenId()));
 * }</pre>
 *
 * <p>B batch, T tokens, E hidden size. Shapes: ids (B, T), int64, to (B, T, E).
 */
public final class Bert extends Layer implements Unary, Signed {
    @Name("embeddings.word_embeddings") Unary words;
    @Name("embeddings.position_embeddings") Unary positions;
    @Name("embeddings.token_type_embeddings") Unary types; // or null
    @Name("embeddings.LayerNorm") Unary norm;
    @Name("") final Map<String, EncoderLayer> blocks = new LinkedHashMap<>(); // as the family names them
    @Name("pooler.dense") Unary pooler; // or null
    private final BertConfig config;
    private boolean recompute;

    /** With a pooler, save for DistilBERT, which has none. */
    public Bert(BertConfig config) { this(config, config.family() != Family.DISTILBERT); }

    /**
     * @param pooler whether there is a layer behind the first token's vector, for {@link #pool}
     */
    public Bert(BertConfig config, boolean pooler) {
        int dim = config.hiddenSize();
        int padding = config.padTokenId();
        this.config = config;
        words = new Embedding(config.vocabSize(), dim, padding);
        positions = new Embedding(config.maxPositionEmbeddings(), dim,
                config.family() == Family.ROBERTA ? padding : -1);
        types = config.typeVocabSize() == 0 ? null : new Embedding(config.typeVocabSize(), dim);
        norm = new LayerNorm(dim, config.layerNormEps());
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            blocks.put(config.family().layers + "." + i, new EncoderLayer(config));
        }
        this.pooler = pooler ? new Linear(dim, dim) : null;
        initialise(this, config);
    }

    /** Normal weights and no biases, as BERT starts; padding ids keep their zeros. */
    static void initialise(Layer layer, BertConfig config) {
        Init normal = Init.normal(0, config.initializerRange());
        Init scaled = t -> t.mul_(config.initializerRange()); // of an embedding's standard normal
        layer.params().forEach((name, param) -> {
            if (name.endsWith("bias")) Init.zeros().apply(param);
            else if (param.rank() == 2) (name.contains("embeddings.") ? scaled : normal).apply(param);
        });
    }

    /**
     * Loads a model folder, with a pooler where the file has one. Heads in the file are left out; names with or without
     * the prefix, such as {@code bert.}, and TensorFlow's {@code gamma} and {@code beta} are understood.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape
     */
    public static Bert load(Path folder) {
        var config = BertConfig.read(folder);
        var weights = Weights.open(folder);
        boolean pooler = weights.names().stream().anyMatch(name -> name.endsWith("pooler.dense.weight"));
        var bert = ModelFolder.buildEmpty(folder, () -> new Bert(config, pooler));
        Pretrained.encoder(weights, config).loadInto(bert);
        return bert;
    }

    /** Saves settings and weights as transformers' {@code BertModel} or its relative. */
    public void save(Path folder) { Pretrained.save(this, config, "Model", folder); }

    @Override public Signature signature() {
        return Tokens.signature(this, config, "last_hidden_state", this::forward);
    }

    /** Its sizes and settings. */
    public BertConfig config() { return config; }

    /**
     * In training, keeps only each layer's input for backward, and computes the rest again: about a third more time for
     * a fraction of the memory. Values and gradients stay the same.
     */
    public void recomputeActivations(boolean on) { recompute = on; }

    /** Sequences of one length and one segment. */
    @Override public Tensor forward(Tensor ids) { return forward(Tokens.of(ids)); }

    /**
     * The vectors (B, T, E) of all tokens; those at padding mean nothing.
     *
     * @throws IllegalArgumentException if there are more tokens than positions, or an id is out of range
     */
    public Tensor forward(Tokens tokens) { return encode(embed(tokens), tokens.attention()); }

    /** The sum of each token's word, position and type, normalised: (B, T, E). */
    public Tensor embed(Tokens tokens) {
        long length = tokens.ids().size(1);
        if (length > config.maxTokens()) {
            throw new IllegalArgumentException("Bert: expected at most " + config.maxTokens() + " tokens, this model's"
                    + " positions. Received " + length + "; truncate the input or cut it into windows.");
        }
        Tensor x = words.forward(tokens.ids()).add(positions.forward(positionIds(tokens.ids())));
        if (types != null) x = x.add(types.forward(typeIds(tokens)));
        return F.dropout(norm.forward(x), config.hiddenDropoutProb(), isTraining());
    }

    private Tensor typeIds(Tokens tokens) {
        if (tokens.typeIds() != null) return tokens.typeIds();
        return tokens.ids().narrow(0, 0, 1).narrow(1, 0, 1).zerosLike(); // (1, 1)
    }

    private Tensor positionIds(Tensor ids) {
        if (config.family() != Family.ROBERTA) return ids.newArange(ids.size(1)); // (T)
        Tensor real = ids.ne(config.padTokenId()); // (B, T)
        return real.cumsum(1).mul(real).add(config.padTokenId());
    }

    /** All layers over the embeddings x (B, T, E). */
    public Tensor encode(Tensor x, Mask mask) { return encode(x, mask, 0, blocks.size()); }

    /** As {@link #encode(Tensor, Mask)}, some layers alone, as a stage of a pipeline does. */
    public Tensor encode(Tensor x, Mask mask, int from, int to) {
        var layers = List.copyOf(blocks.values()).subList(from, to);
        Blocks.Block block = (i, y) -> layers.get(i).forward(y, mask);
        return hooked(recompute ? Blocks.recompute(x, layers, block) : Blocks.run(x, layers, block), x);
    }

    /**
     * What stands for a whole sequence: tanh of a layer over the first token. Shapes: hidden (B, T, E) to (B, E).
     *
     * @throws IllegalStateException if the model has no pooler
     */
    public Tensor pool(Tensor hidden) {
        if (pooler == null) {
            throw new IllegalStateException("Bert.pool: this model was made without a pooler; average the tokens"
                    + " instead, as SentenceEncoder does.");
        }
        return pooler.forward(hidden.select(1, 0)).tanh();
    }
}
