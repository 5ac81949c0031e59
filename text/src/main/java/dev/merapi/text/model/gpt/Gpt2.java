package dev.merapi.text.model.gpt;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.nn.Blocks;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.recipe.Bits;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.GenerationConfig;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.causal.Stage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * GPT-2 (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"): a Transformer decoder with
 * learned positions, whose embedding is its last layer too. Parameters are named as in transformers'
 * {@code GPT2LMHeadModel}.
 *
 * <pre>{@code
 * var gpt = new Gpt2(Gpt2Config.of(vocabSize, 256, 6, 6, 384, 0.2));
 * Trainer.of(new CausalLanguageModelling(gpt)).optimizer(m -> new AdamW(m, 1e-3)).fit(train);
 * gpt.save(Path.of("my-gpt"));
 * }</pre>
 */
public final class Gpt2 extends CausalLm {
    @Name("transformer.wte") Unary words;
    @Name("transformer.wpe") Unary positions;
    @Name("transformer.h") final List<Block> blocks = new ArrayList<>();
    @Name("transformer.ln_f") Unary norm;
    @Name("lm_head") Unary head; // on the words' own vectors
    private final Gpt2Config config;
    private String generationConfig; // what its folder says of writing; or null
    private boolean recompute;

    /** With new weights. */
    public Gpt2(Gpt2Config config) {
        this.config = config;
        var table = new Embedding(config.vocabSize(), config.nEmbd());
        var places = new Embedding(config.nPositions(), config.nEmbd());
        words = table;
        positions = places;
        for (int i = 0; i < config.nLayer(); i++) blocks.add(new Block(config));
        norm = new LayerNorm(config.nEmbd(), config.layerNormEpsilon());
        Param weight = table.params().get("weight");
        head = new Linear(weight, null);
        Init start = Init.normal(0, config.initializerRange());
        start.apply(weight);
        start.apply(places.params().get("weight"));
    }

    /**
     * Loads a model folder; names may lack the prefix {@code transformer.}, as in OpenAI's own files.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape
     */
    public static Gpt2 load(Path folder) { return load(folder, Bits.NONE, null); }

    /**
     * As {@link #load(Path)}, of a part of the model, with weights of so many bits.
     *
     * @param stage which; null for all
     * @throws IllegalArgumentException also for blocks that the model does not have, and as {@link Bits#round}
     */
    public static Gpt2 load(Path folder, Bits bits, Stage stage) {
        var config = Gpt2Config.read(folder);
        var weights = Weights.open(folder).renamed(Gpt2::canonical);
        Gpt2 gpt;
        try (var _ = Torch.on(Torch.device(), bits.type())) {
            gpt = ModelFolder.buildEmpty(folder, () -> new Gpt2(config));
        }
        gpt.read(weights, stage, null, bits);
        gpt.generationConfig = GenerationConfig.read(folder);
        return gpt;
    }

    private static String canonical(String name) {
        if (name.endsWith(".attn.bias") || name.endsWith(".attn.masked_bias")) return null; // masks, not weights
        return name.startsWith("transformer.") || name.startsWith("lm_head.") ? name : "transformer." + name;
    }

    /** Saves settings and weights as transformers' {@code GPT2LMHeadModel}. */
    public void save(Path folder) {
        ModelFolder.save(this, config, folder);
        GenerationConfig.write(generationConfig, folder);
    }

    @Override public Gpt2Config config() { return config; }

    /**
     * In training, keeps only each block's input for backward, and computes the rest again: about a third more time for
     * a fraction of the memory. Values and gradients stay the same.
     */
    public void recomputeActivations(boolean on) { recompute = on; }

    @Override public int context() { return config.nPositions(); }

    @Override public int vocabSize() { return config.vocabSize(); }

    @Override protected List<Block> blocks() { return blocks; }

    @Override protected void dropEnds() {
        words = null;
        positions = null;
        norm = null;
        head = null;
    }

    @Override protected Tensor embed(Tensor ids, KvCache cache) {
        long steps = ids.size(1);
        Tensor at = cache == null ? ids.newArange(steps) : cache.positions(steps);
        return F.dropout(words.forward(ids).add(positions.forward(at)), config.embdPdrop(), isTraining());
    }

    @Override protected Tensor decode(Tensor x, KvCache cache) {
        long steps = x.size(1);
        Mask mask = cache == null ? Mask.causal() : cache.mask(steps, 0);
        Blocks.Block block = (i, h) -> blocks.get(i).forward(h, mask, cache, i);
        Tensor y = recompute && cache == null ? Blocks.recompute(x, blocks, block)
                : Blocks.run(x, blocks, block);
        if (cache != null) cache.advance(steps);
        return y;
    }

    @Override protected Tensor logits(Tensor decoded) { return head.forward(norm.forward(decoded)); }

    @Override protected KvCache.Shape cacheShape() {
        return new KvCache.Shape(blocks.size(), config.nHead(), config.nEmbd() / config.nHead(), dtype(), device());
    }
}
