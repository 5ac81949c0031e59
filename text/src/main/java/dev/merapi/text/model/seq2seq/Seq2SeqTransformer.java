package dev.merapi.text.model.seq2seq;

import dev.merapi.io.ModelFolder;
import dev.merapi.nn.Blocks;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.KeysValues;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.SinusoidalPositions;
import dev.merapi.nn.TransformerDecoderLayer;
import dev.merapi.nn.TransformerEncoder;
import dev.merapi.nn.TransformerOptions;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.KvCache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The Transformer (Vaswani et al. 2017, <a href="https://arxiv.org/abs/1706.03762">arXiv:1706.03762</a>): an encoder
 * reads the source, a decoder writes the target.
 *
 * <p>B batch, S source tokens, T target tokens, E width, V vocabulary.
 */
public final class Seq2SeqTransformer extends EncoderDecoder {
    Unary embedding; // (V, E): of targets and, where all is tied, sources
    Unary sourceEmbedding; // (source V, E), or null
    Unary output; // on the embedding's own vectors unless tying is NONE
    final TransformerEncoder encoder;
    final List<TransformerDecoderLayer> decoder = new ArrayList<>();
    Unary norm; // behind the decoder, with pre-norm; else null
    private final SinusoidalPositions positions = new SinusoidalPositions();
    private final Seq2SeqConfig config;

    /** A model with random weights. */
    public Seq2SeqTransformer(Seq2SeqConfig config) {
        this.config = config;
        int width = config.width();
        var tying = config.tying();
        var options = TransformerOptions.DEFAULT.dropout(config.dropout()).preNorm(config.preNorm());
        var targets = table(config.targetVocabSize(), width);
        embedding = targets;
        sourceEmbedding = tying == Seq2SeqConfig.Tying.ALL ? null : table(config.vocabSize(), width);
        var last = tying == Seq2SeqConfig.Tying.NONE ? table(config.targetVocabSize(), width) : targets;
        output = new Linear(last.params().get("weight"), null);
        encoder = new TransformerEncoder(config.encoderLayers(), width, config.heads(), config.hidden(), options);
        for (int i = 0; i < config.decoderLayers(); i++) {
            decoder.add(new TransformerDecoderLayer(width, config.heads(), config.hidden(), options));
        }
        norm = config.preNorm() ? new LayerNorm(width, options.eps()) : null;
    }

    /** Vectors of length 1 or so, which grow to √E when they are read. */
    private static Embedding table(int count, int width) {
        var table = new Embedding(count, width);
        Init.normal(0, 1 / Math.sqrt(width)).apply(table.params().get("weight"));
        return table;
    }

    /** Its sizes and settings. */
    public Seq2SeqConfig config() { return config; }

    /** A model that {@link #save} wrote. */
    public static Seq2SeqTransformer load(Path folder) {
        var config = ModelFolder.config(folder, Seq2SeqConfig.class);
        var model = ModelFolder.buildEmpty(folder, () -> new Seq2SeqTransformer(config));
        ModelFolder.load(model, folder);
        return model;
    }

    /** Saves settings and weights, for {@link #load}. */
    public void save(Path folder) { ModelFolder.save(this, config, folder); }

    @Override public int context() { return config.maxLength(); }

    @Override public long bos() { return config.bos(); }

    @Override public long eos() { return config.eos(); }

    @Override protected Tensor encode(Tensor source, Mask mask) {
        return encoder.forward(embed(sourceEmbedding == null ? embedding : sourceEmbedding, source, null), mask);
    }

    @Override protected List<KeysValues> memories(Tensor encoded) {
        return decoder.stream().map(layer -> layer.memory(encoded)).toList();
    }

    @Override protected Tensor decode(Tensor target, KvCache cache, List<KeysValues> memories, Mask cross) {
        Tensor x = embed(embedding, target, cache);
        Mask self = cache == null ? Mask.causal() : cache.mask(target.size(1), 0);
        Tensor y = Blocks.run(x, decoder, (i, h) -> decoder.get(i).forward(h,
                own -> KvCache.append(cache, i, own.keys(), own.values()), memories.get(i), self, cross));
        if (cache != null) cache.advance(target.size(1));
        return output.forward(norm == null ? y : norm.forward(y));
    }

    /** √E · vectors + positions: section 3.4 of the paper. */
    private Tensor embed(Unary table, Tensor ids, KvCache cache) {
        Tensor x = table.forward(ids).mul(Math.sqrt(config.width()));
        Tensor y = cache == null ? positions.forward(x) : positions.forward(x, cache.positions(ids.size(1)));
        return F.dropout(y, config.dropout(), isTraining());
    }

    @Override protected KvCache.Shape cacheShape() {
        return new KvCache.Shape(decoder.size(), config.heads(), config.width() / config.heads(), dtype(),
                device());
    }
}
