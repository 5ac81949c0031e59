package dev.merapi.text.model.t5;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.nn.Blocks;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Init;
import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.GenerationConfig;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.seq2seq.EncoderDecoder;
import java.nio.file.Path;
import java.util.List;

/**
 * T5 (Raffel et al. 2020, <a href="https://arxiv.org/abs/1910.10683">arXiv:1910.10683</a>), its version 1.1 and
 * Flan-T5: a Transformer that knows positions by the distances between tokens alone, so that texts may be of any
 * length.
 * Parameters are named as in transformers' {@code T5ForConditionalGeneration}.
 */
public final class T5 extends EncoderDecoder {
    /** The first versions' files have it; nothing reads it. */
    private static final String UNUSED = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";

    private static final String EMBEDDING = "shared.weight";
    private static final String HEAD = "lm_head.weight";

    Unary shared; // (V, E)
    final Stack<EncoderBlock> encoder;
    final Stack<DecoderBlock> decoder;
    @Name("lm_head") Unary head; // on the embedding's own vectors if they are tied
    private final Distances before;
    private final Distances around;
    private final T5Config config;
    private String generationConfig; // what its folder says of writing; or null

    /** With new weights. */
    public T5(T5Config config) {
        var init = Init.normal(0, config.initializerFactor());
        int buckets = config.relativeAttentionNumBuckets(), max = config.relativeAttentionMaxDistance();
        this.config = config;
        before = new Distances(buckets, max, false);
        around = new Distances(buckets, max, true);
        var table = new Embedding(config.vocabSize(), config.dModel());
        Param weight = table.params().get("weight");
        init.apply(weight);
        shared = table;
        encoder = new Stack<>(config, shared, config.numLayers(), EncoderBlock::new);
        decoder = new Stack<>(config, shared, config.decoderLayers(), DecoderBlock::new);
        head = new Linear(config.tieWordEmbeddings() ? weight : param(init, config.vocabSize(), config.dModel()), null);
    }

    /**
     * Loads a model folder.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape
     */
    public static T5 load(Path folder) {
        var config = T5Config.read(folder);
        var weights = Weights.open(folder).renamed(name -> name.equals(UNUSED) ? null : name);
        var t5 = ModelFolder.buildEmpty(folder, () -> new T5(hasOwnHead(weights) ? config.untied() : config));
        weights.loadInto(t5);
        t5.generationConfig = GenerationConfig.read(folder);
        return t5;
    }

    /** Transformers 5 calls every model tied; whether one is, its weights show. */
    private static boolean hasOwnHead(Weights weights) {
        if (!weights.names().containsAll(List.of(HEAD, EMBEDDING))) return false;
        try (var _ = Scope.open()) {
            return !weights.tensor(HEAD).sameAs(weights.tensor(EMBEDDING));
        }
    }

    /** Saves settings and weights as transformers' {@code T5ForConditionalGeneration}. */
    public void save(Path folder) {
        ModelFolder.save(this, config, folder);
        GenerationConfig.write(generationConfig, folder);
    }

    /** Its sizes and settings. */
    public T5Config config() { return config; }

    /** Without a limit. */
    @Override public int context() { return Integer.MAX_VALUE; }

    @Override public long bos() { return config.decoderStartTokenId(); }

    @Override public long eos() { return config.eosTokenId(); }

    @Override protected Tensor encode(Tensor source, Mask mask) {
        long length = source.size(1);
        Tensor x = encoder.begin(source);
        Tensor buckets = around.of(0, length, length, x);
        Mask biased = Stack.bias(encoder.block.getFirst().attention.relativeAttentionBias, buckets).and(mask);
        return encoder.end(Blocks.run(x, encoder.block, (i, h) -> encoder.block.get(i).forward(h, biased)));
    }

    @Override protected List<KeysValues> memories(Tensor encoded) {
        return decoder.block.stream().map(block -> block.cross.keysValues(encoded)).toList();
    }

    @Override protected Tensor decode(Tensor target, KvCache cache, List<KeysValues> memories, Mask cross) {
        long start = cache == null ? 0 : cache.length();
        long steps = target.size(1);
        Tensor x = decoder.begin(target);
        Tensor buckets = before.of(start, steps, start + steps, x);
        Mask self = Stack.bias(decoder.block.getFirst().attention.relativeAttentionBias, buckets)
                .and(cache == null ? Mask.causal() : cache.mask(steps, 0));
        Tensor hidden = Blocks.run(x, decoder.block, (i, h) -> decoder.block.get(i).forward(h,
                own -> KvCache.append(cache, i, own.keys(), own.values()), self, memories.get(i), cross));
        if (cache != null) cache.advance(steps);
        Tensor y = decoder.end(hidden);
        return head.forward(config.scaleDecoderOutputs() ? y.mul(Math.pow(config.dModel(), -0.5)) : y);
    }

    @Override protected KvCache.Shape cacheShape() {
        return new KvCache.Shape(decoder.block.size(), config.numHeads(), config.dKv(), dtype(), device());
    }
}
