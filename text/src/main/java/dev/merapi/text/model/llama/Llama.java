package dev.merapi.text.model.llama;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.nn.Blocks;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.recipe.Bits;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.GenerationConfig;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.causal.Share;
import dev.merapi.text.model.causal.Sight;
import dev.merapi.text.model.causal.Stage;
import dev.merapi.text.model.causal.StageServer;
import dev.merapi.text.model.llama.Family.Trait;
import dev.merapi.text.model.llama.Frequencies.Rotation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Llama (Touvron et al. 2023, <a href="https://arxiv.org/abs/2302.13971">arXiv:2302.13971</a>) or one of its
 * {@link Family}: a Transformer decoder with rotary positions, gated feed-forward nets and grouped keys and values.
 * Parameters are named as in transformers' {@code LlamaForCausalLM} and its relatives.
 *
 * <pre>{@code
 * var model = Llama.load(Path.of("SmolLM2-135M"));
 * Tensor logits = model.forward(ids);
 * }</pre>
 */
public final class Llama extends CausalLm {
    @Name("model.embed_tokens") Unary words;
    @Name("model.layers") final List<Block> blocks = new ArrayList<>();
    @Name("model.norm") Unary norm;
    @Name("lm_head") Unary head; // on the words' own vectors if they are tied
    private final LlamaConfig config;
    private final Rope global; // of layers that see all
    private final Rope local; // of those that see a window
    private String generationConfig; // what its folder says of writing; or null
    private boolean recompute;

    /** With new weights. */
    public Llama(LlamaConfig config) {
        this.config = config;
        this.global = config.rope(false);
        this.local = config.rope(true);
        var table = new Embedding(config.vocabSize(), config.hiddenSize());
        words = table;
        for (int i = 0; i < config.numHiddenLayers(); i++) blocks.add(new Block(config));
        norm = Block.norm(config, config.hiddenSize());
        Init start = Init.normal(0, config.initializerRange());
        head = new Linear(config.tieWordEmbeddings() ? table.params().get("weight")
                : param(start, config.vocabSize(), config.hiddenSize()), null);
        params().forEach((name, param) -> {
            if (name.endsWith(".bias")) Init.zeros().apply(param);
            else if (param.rank() == 2) start.apply(param);
        });
    }

    /**
     * Loads a model folder.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape
     */
    public static Llama load(Path folder) { return load(folder, Torch.dtype()); }

    /**
     * As {@link #load(Path)}, with weights of another type, such as {@code BFLOAT16}, in which most are published: half
     * the memory once it is loaded; on CPUs that do not multiply bfloat16, slower.
     */
    public static Llama load(Path folder, DType type) { return load(folder, type, null, null, Bits.NONE); }

    /**
     * As {@link #load(Path)}, of a part of the model, with weights of so many bits.
     *
     * @param stage which; null for all
     * @throws IllegalArgumentException also for blocks that the model does not have, and as {@link Bits#round}
     */
    public static Llama load(Path folder, Bits bits, Stage stage) { return load(folder, bits, stage, null); }

    /**
     * As {@link #load(Path, Bits, Stage)}, of some of the heads, for a {@link StageServer}.
     *
     * @param share of each block; null for whole ones
     * @throws IllegalArgumentException also if heads or layers cannot be divided so
     */
    public static Llama load(Path folder, Bits bits, Stage stage, Share share) {
        return load(folder, bits.type(), stage, share, bits);
    }

    private static Llama load(Path folder, DType type, Stage stage, Share share, Bits bits) {
        var config = LlamaConfig.read(folder);
        var weights = Weights.open(folder).renamed(Llama::canonical);
        Llama model;
        try (var _ = Torch.on(Torch.device(), type)) {
            model = ModelFolder.buildEmpty(folder, () -> new Llama(config));
        }
        model.read(weights, stage, share, bits);
        model.generationConfig = GenerationConfig.read(folder);
        return model;
    }

    private static String canonical(String name) {
        return name.endsWith("rotary_emb.inv_freq") ? null : name; // computed, not learnt
    }

    /** Saves settings and weights for transformers' {@code LlamaForCausalLM} or its relative. */
    public void save(Path folder) {
        ModelFolder.save(this, config.file(), folder);
        GenerationConfig.write(generationConfig, folder);
    }

    @Override public LlamaConfig config() { return config; }

    /**
     * In training, keeps only each block's input for backward, and computes the rest again: about a third more time for
     * a fraction of the memory. Values and gradients stay the same.
     */
    public void recomputeActivations(boolean on) { recompute = on; }

    @Override public int context() { return config.mostTokens(); }

    @Override public int vocabSize() { return config.vocabSize(); }

    @Override protected List<Block> blocks() { return blocks; }

    @Override protected void dropEnds() {
        words = null;
        norm = null;
        head = null;
    }

    /**
     * Runs some of the blocks alone, as a stage of a pipeline does: the first embeds the tokens, and the last gives
     * logits.
     *
     * @param ids (B, T), of all stages
     * @param x (B, T, E), what the block before gave; null for block 0
     * @return (B, T, E), or behind the last block (B, T, V)
     */
    public Tensor stage(Tensor ids, Tensor x, int from, int to) {
        Tensor y = decode(from == 0 ? embed(ids, null) : x, null, from, to);
        return to == blocks.size() ? logits(y) : y;
    }

    /**
     * Frees all that {@link #stage} does not need for these blocks.
     *
     * @throws IllegalArgumentException if the words' vectors are the last layer too, which two stages would have
     */
    public void keepStage(int from, int to) {
        boolean last = to == blocks.size();
        Expect.that(from == 0 && last || !config.tieWordEmbeddings(), "Llama.keepStage", "a model whose head has"
                + " weights of its own", "one with tie_word_embeddings");
        if (from > 0) ((Layer) words).to(Device.META);
        for (int i = 0; i < blocks.size(); i++) if (i < from || i >= to) blocks.get(i).to(Device.META);
        if (last) return;
        ((Layer) norm).to(Device.META);
        ((Layer) head).to(Device.META);
    }

    @Override protected Tensor embed(Tensor ids, KvCache cache) {
        Tensor x = words.forward(ids);
        if (!config.family().has(Trait.GEMMA)) return x;
        // by a number of the weights' type: in bfloat16 33.9 is 34
        return x.mul(x.newFull(Math.sqrt(config.hiddenSize())));
    }

    @Override protected Tensor decode(Tensor x, KvCache cache) { return decode(x, cache, 0, blocks.size()); }

    private Tensor decode(Tensor x, KvCache cache, int from, int to) {
        long steps = x.size(1);
        Tensor at = cache == null ? x.newArange(steps) : cache.positions(steps);
        long length = cache == null ? steps : cache.length() + steps;
        boolean slides = config.slidingWindow() != null;
        Sight whole = sight(x, 0, cache), window = slides ? sight(x, config.slidingWindow(), cache) : whole;
        long[] texts = cache == null ? new long[] {steps} : cache.texts(steps);
        Rotation far = global.at(at, texts, length, x), near = slides ? local.at(at, texts, length, x) : far;
        var these = blocks.subList(from, to);
        Blocks.Block block = (i, h) -> config.isLocal(firstBlock() + from + i)
                ? these.get(i).forward(h, window, near, cache, i) : these.get(i).forward(h, whole, far, cache, i);
        Tensor y = recompute && cache == null ? Blocks.recompute(x, these, block) : Blocks.run(x, these, block);
        if (cache != null) cache.advance(steps);
        return y;
    }

    private Sight sight(Tensor x, int window, KvCache cache) {
        return new Sight(mask(x, window, cache), window, config.gemma().attnLogitSoftcapping(), 0);
    }

    private static Mask mask(Tensor x, int window, KvCache cache) {
        long steps = x.size(1);
        if (cache != null) return cache.mask(steps, window);
        if (window == 0 || steps <= window) return Mask.causal();
        Tensor places = x.newArange(steps);
        Tensor tooOld = places.unsqueeze(0).le(places.unsqueeze(1).sub(window)); // (T, T)
        return Mask.causal().and(Mask.hidden(tooOld));
    }

    @Override protected Tensor logits(Tensor decoded) {
        Tensor logits = head.forward(norm.forward(decoded));
        Double cap = config.gemma().finalLogitSoftcapping();
        return cap == null ? logits : logits.div(cap).tanh().mul(cap);
    }

    @Override protected KvCache.Shape cacheShape() {
        return new KvCache.Shape(blocks.size(), config.groups(), config.headSize(), dtype(), device());
    }
}
