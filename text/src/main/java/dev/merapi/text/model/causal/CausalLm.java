package dev.merapi.text.model.causal;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Signed;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import dev.merapi.text.generate.Generative;
import dev.merapi.text.generate.RaggedDecoding;
import java.util.List;

/**
 * A language model that reads from left to right: from each token and those before it, it says what comes next.
 *
 * <p>B batch, T tokens, E width, V vocabulary.
 */
public abstract class CausalLm extends Layer implements Unary, Generative, Signed {
    /** Most tokens that it reads at a time. */
    public abstract int context();

    /** Rows of its embedding, V. */
    public abstract int vocabSize();

    /**
     * The vectors (B, T, E) before the last layer.
     *
     * @param cache of the tokens before these; it takes in these too. Null for none
     */
    protected abstract Tensor hidden(Tensor ids, KvCache cache);

    /** Logits (…, V) from vectors (…, E). */
    protected abstract Tensor logits(Tensor hidden);

    /** What a cache keeps of each token. */
    protected abstract KvCache.Shape cacheShape();

    /**
     * Logits (B, T, V) of the token after each of ids (B, T), int64.
     *
     * @throws IllegalArgumentException if there are more tokens than {@link #context}, or an id is out of range
     */
    @Override public final Tensor forward(Tensor ids) {
        if (ids.rank() != 2) {
            throw new IllegalArgumentException(path() + ": expected ids (B, T). Received " + ids.describe());
        }
        checkLength(ids.size(1), "tokens");
        return logits(hidden(ids, null));
    }

    /**
     * As {@link #forward(Tensor)} of tokens behind those in a cache, which takes in these too: such as behind learned
     * keys and values.
     */
    public final Tensor forward(Tensor ids, KvCache cache) { return logits(hidden(ids, cache)); }

    @Override public final Signature signature() {
        return Signature.of(this, Signature.ids("input_ids", vocabSize(), "batch", "tokens"), "logits");
    }

    /** What a cache for this model keeps of each token. */
    public final KvCache.Shape cacheOf() { return cacheShape(); }

    /**
     * Reads prompts, in evaluation mode until the decoding is closed. Writing may go on beyond the context: where it is
     * full, the older half is forgotten.
     *
     * @throws IllegalArgumentException for a prompt without tokens, or one longer than {@link #context}
     */
    @Override public final Decoding begin(List<long[]> prompts, int newTokens) {
        return begin(prompts, newTokens, DenseCache::new);
    }

    /** The same, with keys and values in another kind of cache. */
    public final Decoding begin(List<long[]> prompts, int newTokens, KvCache.Kind kind) {
        checkPrompts(prompts);
        var evaluating = evaluating();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return new CausalDecoding(this, prompts, newTokens, kind, evaluating);
        } catch (RuntimeException e) {
            evaluating.close();
            throw e;
        }
    }

    /** In evaluation mode until the decoding is closed. */
    @Override public final RaggedDecoding together(RaggedDecoding.Memory memory) {
        return new CausalTogether(this, new KvMemory(cacheShape(), memory), evaluating());
    }

    @Override public int room() { return context(); }

    final void checkPrompts(List<long[]> prompts) {
        if (prompts.isEmpty() || prompts.stream().anyMatch(prompt -> prompt.length == 0)) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": expected prompts of at least one token"
                    + " each. Received an empty one; begin with the token that begins texts.");
        }
        prompts.forEach(prompt -> checkLength(prompt.length, "tokens of a prompt"));
    }

    private void checkLength(long tokens, String what) {
        if (tokens <= context()) return;
        throw new IllegalArgumentException(getClass().getSimpleName() + ": expected at most " + context() + " " + what
                + ", the model's context. Received " + tokens + "; shorten the text.");
    }
}
