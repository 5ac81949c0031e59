package dev.merapi.text.model.seq2seq;

import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Mask;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import dev.merapi.text.generate.Generative;
import dev.merapi.text.model.causal.DenseCache;
import dev.merapi.text.model.causal.KvCache;
import java.util.List;
import java.util.OptionalLong;

/**
 * A model whose encoder reads a source, and whose decoder writes a target.
 *
 * <p>B batch, S source tokens, T target tokens, E width, V target vocabulary.
 */
public abstract class EncoderDecoder extends Layer implements Generative {
    /** Most tokens of a source, and of a target with the token that begins it. */
    public abstract int context();

    /** The token that begins a target. */
    public abstract long bos();

    /** The token that ends it. */
    public abstract long eos();

    /** The vectors (B, S, E) of sources (B, S). */
    protected abstract Tensor encode(Tensor source, Mask mask);

    /** What each layer of the decoder reads of encoded sources (B, S, E). */
    protected abstract List<KeysValues> memories(Tensor encoded);

    /**
     * Logits (B, T, V) of the token after each of a target's (B, T).
     *
     * @param cache of the tokens before these; it takes in these too. Null for none
     * @param cross what must not be seen of the sources
     */
    protected abstract Tensor decode(Tensor target, KvCache cache, List<KeysValues> memories, Mask cross);

    /** What a cache keeps of each token of a target. */
    protected abstract KvCache.Shape cacheShape();

    /**
     * Logits (B, T, V) of the token after each of the target's.
     *
     * @param source ids (B, S), int64, filled up at the end
     * @param lengths of the sources (B), int64, from 1 to S
     * @param target ids (B, T), int64, from the one that begins a target
     * @throws IllegalArgumentException if there are more tokens than {@link #context}, a source has none, numbers of
     *     sources and targets differ, or an id is out of range
     */
    public final Tensor forward(Tensor source, Tensor lengths, Tensor target) {
        checkBatch(source, lengths, target);
        Mask cross = Mask.lengths(lengths, source.size(1));
        return decode(target, null, memories(encode(source, cross)), cross);
    }

    private void checkBatch(Tensor source, Tensor lengths, Tensor target) {
        if (source.rank() != 2 || target.rank() != 2 || lengths.rank() != 1) {
            throw wrong("source (B, S), lengths (B) and target (B, T)", Shapes.toString(source.shape()) + ", "
                    + Shapes.toString(lengths.shape()) + " and " + Shapes.toString(target.shape()));
        }
        long batch = source.size(0);
        if (lengths.size(0) != batch) throw wrong("as many lengths as sources, " + batch, lengths.size(0));
        if (target.size(0) != batch) throw wrong("as many targets as sources, " + batch, target.size(0));
        checkLength("source", source.size(1));
        checkLength("target", target.size(1));
        if (!lengths.device().equals(Device.CPU)) return; // reading them would wait for the device
        try (var _ = Scope.open()) {
            long least = lengths.min().itemLong(), most = lengths.max().itemLong();
            if (least < 1 || most > source.size(1)) {
                throw wrong("lengths from 1 to the " + source.size(1) + " tokens of the sources",
                        least < 1 ? least + "; leave out empty texts" : most);
            }
        }
    }

    /**
     * Reads sources, in evaluation mode until the decoding is closed. Targets may become longer than any that was
     * learnt from: none of these models has an end to its positions.
     *
     * @throws IllegalArgumentException for a source without tokens, or one of more than {@link #context}
     */
    @Override public final Decoding begin(List<long[]> inputs, int newTokens) {
        return begin(inputs, newTokens, DenseCache::new);
    }

    /** The same, with the targets' keys and values in another kind of cache. */
    public final Decoding begin(List<long[]> inputs, int newTokens, KvCache.Kind kind) {
        checkSources(inputs);
        var evaluating = evaluating();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return new Seq2SeqDecoding(this, inputs, newTokens + 1, kind, evaluating);
        } catch (RuntimeException e) {
            evaluating.close();
            throw e;
        }
    }

    final void checkSources(List<long[]> inputs) {
        if (inputs.isEmpty() || inputs.stream().anyMatch(input -> input.length == 0)) {
            throw wrong("sources of at least one token each", "an empty one");
        }
        inputs.forEach(input -> checkLength("source", input.length));
    }

    /** The target is no continuation of the source. */
    @Override public final OptionalLong firstToken() { return OptionalLong.of(bos()); }

    private void checkLength(String part, long tokens) {
        if (tokens >= 1 && tokens <= context()) return;
        throw tokens < 1 ? wrong("a " + part + " of at least one token", tokens)
                : wrong("a " + part + " of at most " + context() + " tokens", tokens + "; shorten it.");
    }

    private IllegalArgumentException wrong(String expected, Object received) {
        return new IllegalArgumentException(getClass().getSimpleName() + ": expected " + expected + ". Received "
                + received);
    }
}
