package dev.merapi.text.model.causal;

import dev.merapi.io.LazyTensor;
import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Signed;
import dev.merapi.nn.Unary;
import dev.merapi.parallel.TensorParallel;
import dev.merapi.recipe.Bits;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import dev.merapi.text.generate.Generative;
import dev.merapi.text.generate.RaggedDecoding;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A language model that reads from left to right: from each token and those before it, it says what comes next.
 *
 * <p>B batch, T tokens, E width, V vocabulary.
 */
public abstract class CausalLm extends Layer implements Unary, Generative, Signed {
    private Stage stage; // null: the whole model
    private int layers; // of the whole model, where this is a stage
    private String identity; // of a stage: tells models from each other
    private DType type; // in which the whole model computes; null before it is read
    private Bits bits; // those that it was read with
    private Share share; // of the stage's blocks; null: they are whole
    private Stages rest; // null: no blocks are elsewhere

    /** Most tokens that it reads at a time. */
    public abstract int context();

    /** Rows of its embedding, V. */
    public abstract int vocabSize();

    /** Its sizes and settings. */
    public abstract Record config();

    /** Its blocks, one behind the other, in a list that can be made shorter. */
    protected abstract List<? extends Layer> blocks();

    /** Leaves out what stands before and behind the blocks. */
    protected abstract void dropEnds();

    /**
     * The vectors (B, T, E) of tokens in front of the first block.
     *
     * @param cache of the tokens before these; null for none
     */
    protected abstract Tensor embed(Tensor ids, KvCache cache);

    /**
     * Vectors (B, T, E) through the blocks that are here.
     *
     * @param cache of the tokens before these; it takes in these too. Null for none
     */
    protected abstract Tensor decode(Tensor x, KvCache cache);

    /** Logits (…, V) from vectors (…, E) behind the last block. */
    protected abstract Tensor logits(Tensor decoded);

    /** What a cache keeps of each token, for the blocks that are here. */
    protected abstract KvCache.Shape cacheShape();

    /** Which of the model's blocks is the first one here. */
    protected final int firstBlock() { return stage == null ? 0 : stage.from(); }

    /** The vectors (B, T, E) behind the last block, of whichever process. */
    final Tensor decoded(Tensor ids, KvCache cache) {
        Tensor x = decode(embed(ids, cache), cache);
        return cache != null ? cache.onward(x) : rest == null ? x : rest.once(this, x);
    }

    /**
     * Loads weights, of a stage its own alone, and of a share of it no others than that has. They are rounded block by
     * block, so that never more than one is there in full; rows and groups of numbers are whole in a block, so that
     * those of a stage become what they become in one process. Where this fails, the model is closed.
     *
     * @param weights of the whole model, by the names of its own
     * @param stage null for all
     * @param part of each of the stage's blocks: the parts compute together, by {@link StageServer}s; null for whole
     *     ones
     * @param to those of the weights
     * @throws IllegalArgumentException as {@link Weights#loadInto} and {@link Bits#round}; for a stage that the model
     *     does not have, and a share that it cannot be divided into
     */
    public final void read(Weights weights, Stage stage, Share part, Bits to) {
        try {
            load(weights, stage, part, to);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void load(Weights weights, Stage stage, Share part, Bits to) {
        if (part != null) {
            Expect.that(stage != null, "parts", "a stage without the model's ends", "a whole model");
            Share.expectUnrounded(to);
        }
        if (stage == null && !to.rounds()) {
            weights.loadInto(this);
            return;
        }
        weights.change(this);
        weights.expectFit(this);
        type = dtype();
        bits = to;
        layers(); // tells them their paths
        var own = stage == null ? weights : own(weights, stage, part);
        var rounded = to.rounds() ? readRounded(own) : Set.of();
        own.renamed(name -> rounded.contains(name) ? null : name).loadMatching(this);
        if (stage != null) keep(stage);
        boolean ends = stage == null || stage.ends();
        if (ends && canBeRounded(this) || rounded.isEmpty()) to.round(weights.toString(), this);
    }

    /** Those of a stage. */
    private Weights own(Weights weights, Stage stage, Share part) {
        Expect.that(stage.to() <= blocks().size(), "Stage", "blocks up to " + blocks().size(), stage);
        identity = Identity.of(weights, config());
        var paths = blocks().stream().map(block -> block.path() + ".").toList();
        var own = weights.renamed(name -> stage.has(name, paths) ? name : null);
        return part == null ? own : divided(own, stage, part);
    }

    /** Those of the blocks that can be; returns their names. */
    private Set<String> readRounded(Weights weights) {
        var read = new HashSet<String>();
        for (var block : blocks()) {
            String prefix = block.path() + ".";
            var own = weights.under(prefix);
            if (own.names().isEmpty() || !canBeRounded(block)) continue;
            own.loadMatching(block);
            bits.round(weights + ": " + block.path(), block);
            own.names().forEach(name -> read.add(prefix + name));
        }
        return read;
    }

    private static boolean canBeRounded(Layer layer) {
        return layer.layers().values().stream().anyMatch(part -> part instanceof MatrixLayer matrix
                && matrix.isWritable());
    }

    /** Leaves a share of each block here, without values, and gives those of it. */
    private Weights divided(Weights weights, Stage stage, Share part) {
        Expect.that(!stage.ends(), "parts", "a stage without the model's ends", stage);
        long heads = cacheShape().heads();
        Expect.that(heads % part.of() == 0, "parts", "a number that divides the " + heads + " heads of keys",
                part.of());
        var how = TensorParallel.LLAMA;
        replaceAndFree((path, layer) -> {
            boolean byInputs = how.rows().matcher(path).matches();
            return byInputs || how.columns().matcher(path).matches() ? SharedLinear.of(path, layer, byInputs, part)
                    : layer;
        });
        share = part;
        var layers = layers();
        var all = new LinkedHashMap<String, LazyTensor>();
        for (String name : weights.names()) {
            int dot = name.lastIndexOf('.');
            var whole = new LazyTensor(weights.dtype(name), weights.shape(name), () -> weights.tensor(name));
            all.put(name, layers.get(name.substring(0, Math.max(0, dot))) instanceof SharedLinear layer
                    ? layer.part(name.substring(dot + 1), whole) : whole);
        }
        return Weights.of("parts", all);
    }

    private void keep(Stage stage) {
        layers = blocks().size();
        var gone = new HashSet<>(tensors().values());
        blocks().subList(stage.to(), blocks().size()).clear();
        blocks().subList(0, stage.from()).clear();
        if (!stage.ends()) dropEnds();
        gone.removeAll(tensors().values());
        gone.forEach(Tensor::close);
        this.stage = stage;
    }

    /** What is here of this stage's blocks; empty if they are whole. */
    final Optional<Share> share() { return Optional.ofNullable(share); }

    /** {@link #cacheShape} of the heads that are here, in the whole model's type, which its embeddings have. */
    final KvCache.Shape keptShape() {
        var all = cacheShape();
        return stage == null ? all : new KvCache.Shape(all.layers(), share == null ? all.heads()
                : all.heads() / share.of(), all.headSize(), type, all.device());
    }

    /** What is here of the model; empty if it is whole. */
    final Optional<Stage> stage() { return Optional.ofNullable(stage); }

    /** Blocks of the whole model. */
    final int layersOfAll() { return layers; }

    /** Tells a stage's model from others. */
    final String identity() { return identity; }

    /** In what a stage's weights are kept, such as int8 of float32. */
    final String numbers() { return bits.rounds() ? bits + " of " + type : type.toString(); }

    /**
     * Lets other processes go on behind the last block that is here.
     *
     * @param stages with all blocks that are not here; closed with this model
     * @throws IllegalArgumentException if they are of another model
     */
    public final void goOnAt(Stages stages) {
        stages.open(this).close();
        rest = stages;
    }

    @Override protected final void closing() { if (rest != null) rest.close(); }

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
        return logits(decoded(ids, null));
    }

    /**
     * As {@link #forward(Tensor)} of tokens behind those in a cache, which takes in these too: such as behind learned
     * keys and values.
     */
    public final Tensor forward(Tensor ids, KvCache cache) { return logits(decoded(ids, cache)); }

    @Override public final Signature signature() {
        return Signature.of(this, Signature.ids("input_ids", vocabSize(), "batch", "tokens"), "logits");
    }

    /** What a cache for this model keeps of each token. */
    public final KvCache.Shape cacheOf() { return keptShape(); }

    /**
     * Reads prompts, in evaluation mode until the decoding is closed. Writing may go on beyond the context: where it is
     * full, the older half is forgotten.
     *
     * @throws IllegalArgumentException for a prompt without tokens, or one longer than {@link #context}
     */
    @Override public final Decoding begin(List<long[]> prompts, int newTokens) {
        if (rest == null) return begin(prompts, newTokens, DenseCache::new);
        checkPrompts(prompts);
        var session = rest.open(this);
        return begin(prompts, newTokens, session::cache, both(session, evaluating()));
    }

    /**
     * The same, with keys and values in another kind of cache.
     *
     * @throws UnsupportedOperationException if blocks are in other processes
     */
    public final Decoding begin(List<long[]> prompts, int newTokens, KvCache.Kind kind) {
        checkPrompts(prompts);
        if (rest == null) return begin(prompts, newTokens, kind, evaluating());
        throw new UnsupportedOperationException(getClass().getSimpleName() + ".begin: expected the usual kind of cache"
                + " for a model in stages. Received another.");
    }

    private static Guard both(StageSession session, Guard evaluating) {
        return () -> {
            session.close();
            evaluating.close();
        };
    }

    private Decoding begin(List<long[]> prompts, int newTokens, KvCache.Kind kind, Guard evaluating) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            return new CausalDecoding(this, prompts, newTokens, kind, evaluating);
        } catch (RuntimeException e) {
            evaluating.close();
            throw e;
        }
    }

    /** In evaluation mode until the decoding is closed. */
    @Override public final RaggedDecoding together(RaggedDecoding.Memory memory) {
        if (rest == null) return new CausalTogether(this, new KvMemory(keptShape(), memory, null), null,
                evaluating(), memory.kept());
        Expect.that(memory.kept() == null, "RaggedDecoding.Memory.kept", "no file for a model in stages",
                memory.kept());
        var session = rest.open(this);
        try {
            return new CausalTogether(this, new KvMemory(keptShape(), memory, session), session,
                    both(session, evaluating()), null);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
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
