package dev.merapi.text.model.seq2seq;

import dev.merapi.nn.Embedding;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Mask;
import dev.merapi.nn.SinusoidalPositions;
import dev.merapi.nn.TransformerDecoderLayer;
import dev.merapi.nn.TransformerEncoder;
import dev.merapi.nn.TransformerOptions;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import dev.merapi.text.generate.Generative;
import dev.merapi.text.model.causal.KvCache;
import java.util.ArrayList;
import java.util.List;

/**
 * The Transformer (Vaswani et al. 2017, <a href="https://arxiv.org/abs/1706.03762">arXiv:1706.03762</a>): an encoder
 * reads the source, a decoder writes the target.
 *
 * <p>B batch, S source tokens, T target tokens, E width, V vocabulary.
 */
public final class Seq2SeqTransformer extends Layer implements Generative {
    final Embedding embedding; // its weight is the last layer too
    final TransformerEncoder encoder;
    final List<TransformerDecoderLayer> decoder = new ArrayList<>();
    final LayerNorm norm; // behind the decoder, with pre-norm; else null
    private final transient Tensor words; // (V, E)
    private final SinusoidalPositions positions = new SinusoidalPositions();
    private final Seq2SeqConfig config;

    public Seq2SeqTransformer(Seq2SeqConfig config) {
        this.config = config;
        int width = config.width();
        var options = TransformerOptions.DEFAULT.dropout(config.dropout()).preNorm(config.preNorm());
        embedding = new Embedding(config.vocabSize(), width);
        words = embedding.params().get("weight");
        Init.normal(0, 1 / Math.sqrt(width)).apply(embedding.params().get("weight"));
        encoder = new TransformerEncoder(config.encoderLayers(), width, config.heads(), config.hidden(), options);
        for (int i = 0; i < config.decoderLayers(); i++) {
            decoder.add(new TransformerDecoderLayer(width, config.heads(), config.hidden(), options));
        }
        norm = config.preNorm() ? new LayerNorm(width, options.eps()) : null;
    }

    public Seq2SeqConfig config() { return config; }

    /**
     * Logits (B, T, V) of the token after each of the target's.
     *
     * @param source ids (B, S), int64, filled up at the end
     * @param lengths of the sources (B), int64
     * @param target ids (B, T), int64, from the one that begins a target
     * @throws IllegalArgumentException if there are more tokens than {@code maxLength}, or an id is out of range
     */
    public Tensor forward(Tensor source, Tensor lengths, Tensor target) {
        if (source.size(0) != target.size(0)) {
            throw new IllegalArgumentException("Seq2SeqTransformer: expected as many targets as sources, "
                    + source.size(0) + ". Received " + target.size(0));
        }
        checkLength("target", target.size(1));
        Mask cross = Mask.lengths(lengths, source.size(1));
        var memories = memories(encode(source, cross));
        return decode(target, null, memories, cross);
    }

    /** The source's vectors (B, S, E). */
    Tensor encode(Tensor source, Mask mask) {
        checkLength("source", source.size(1));
        return encoder.forward(embed(source, 0), mask);
    }

    /** What each layer of the decoder reads of the source. */
    List<KeysValues> memories(Tensor encoded) {
        return decoder.stream().map(layer -> layer.memory(encoded)).toList();
    }

    /** Logits (B, T, V) of targets that go on with those in the cache, if there is one. */
    Tensor decode(Tensor target, KvCache cache, List<KeysValues> memories, Mask cross) {
        Tensor x = embed(target, cache == null ? 0 : cache.length());
        Mask self = cache == null ? Mask.causal() : cache.mask(target.size(1), 0, target.device());
        for (int i = 0; i < decoder.size(); i++) {
            int layer = i;
            x = decoder.get(i).forward(x, own -> KvCache.append(cache, layer, own.keys(), own.values()),
                    memories.get(i), self, cross);
        }
        if (cache != null) cache.advance(target.size(1));
        return F.linear(norm == null ? x : norm.forward(x), words, null);
    }

    private Tensor embed(Tensor ids, long start) {
        Tensor x = embedding.forward(ids).mul(Math.sqrt(config.width()));
        return F.dropout(positions.forward(x, start), config.dropout(), isTraining());
    }

    /**
     * Reads sources. Targets may become longer than any that was learnt: positions have no end.
     *
     * @throws IllegalArgumentException for a source without tokens, or one longer than {@code maxLength}
     */
    @Override public Decoding begin(List<long[]> inputs, int newTokens) {
        for (long[] input : inputs) {
            if (input.length == 0) {
                throw new IllegalArgumentException("Seq2SeqTransformer: expected sources of at least one token each."
                        + " Received an empty one.");
            }
        }
        if (isTraining()) eval();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return new Seq2SeqDecoding(this, inputs, newTokens + 1);
        }
    }

    /** The target is no continuation of the source. */
    @Override public boolean continuesInput() { return false; }

    private void checkLength(String part, long tokens) {
        if (tokens <= config.maxLength()) return;
        throw new IllegalArgumentException("Seq2SeqTransformer: expected a " + part + " of at most "
                + config.maxLength() + " tokens. Received " + tokens + "; shorten it.");
    }

    KvCache cache(int batch, int capacity) {
        return new KvCache(decoder.size(), config.heads(), config.width() / config.heads(), capacity,
                new long[batch], words.dtype(), words.device());
    }
}
