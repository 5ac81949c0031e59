package dev.merapi.compress.adapter;

import dev.merapi.nn.Init;
import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.causal.DenseCache;
import dev.merapi.text.model.causal.KvCache;
import dev.merapi.text.model.causal.KvColumns;
import dev.merapi.train.Supervised;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A language model each of whose layers sees learned keys and values before those of the text, and which does not learn
 * itself. Li and Liang 2021, arXiv:2101.00190, without their reparametrisation.
 *
 * <pre>{@code
 * var prefix = PrefixTuning.of(gpt, 20);
 * Trainer.of(prefix.task()).optimizer(m -> new AdamW(m, 1e-2)).fit(train);
 * gpt.begin(prompts, 50, prefix.cache());         // writes behind it
 * }</pre>
 *
 * Ids (B, T) to logits (B, T, V), as the model's. n virtual tokens, L layers, G heads of keys, D their size.
 */
public final class PrefixTuning extends Layer implements Unary {
    private static final String KIND = "PREFIX_TUNING";

    @Name("prompt_embeddings") final Param prefix; // (n, L · 2 · G · D)
    private final transient CausalLm model;
    private final transient KvCache.Shape shape;

    private PrefixTuning(CausalLm model, int tokens) {
        Expect.that(tokens > 0 && tokens < model.context(), "PrefixTuning.of", "virtual tokens from 1 to less than the"
                + " model's context, " + model.context(), tokens);
        this.model = model;
        shape = model.cacheOf();
        try (var _ = Torch.on(model.device(), model.dtype())) {
            prefix = param(Init.normal(0, 0.02), tokens, 2L * shape.layers() * shape.heads() * shape.headSize());
        }
        model.freeze(true);
    }

    /** With small random numbers to begin with. */
    public static PrefixTuning of(CausalLm model, int tokens) { return new PrefixTuning(model, tokens); }

    /**
     * One that PEFT (without {@code prefix_projection}) or {@link #save} wrote.
     *
     * @throws IllegalArgumentException if it is another kind of adapter, or one of another model
     */
    public static PrefixTuning load(CausalLm model, Path folder) {
        var tuning = new PrefixTuning(model, SoftPromptFiles.virtualTokens(KIND, folder));
        try {
            SoftPromptFiles.load(folder, tuning.prefix);
            return tuning;
        } catch (RuntimeException e) {
            tuning.detach();
            throw e;
        }
    }

    /** Saves keys and values alone, in PEFT's files. */
    public void save(Path folder) {
        SoftPromptFiles.save(KIND, prefix, Map.of("token_dim", (long) shape.heads() * shape.headSize(), "num_layers",
                shape.layers(), "num_attention_heads", shape.heads(), "prefix_projection", false), folder);
    }

    @Override public Tensor forward(Tensor ids) {
        try (var cache = new Before(ids.size(0))) {
            return hooked(model.forward(ids, cache), ids);
        }
    }

    /** Trains keys and values to say what comes next in windows of texts. */
    public Supervised task() { return Supervised.of(this, new NextToken()); }

    /** Keys (which 0) or values (1) of a layer for some rows: (B, G, n, D). */
    private Tensor part(int layer, int which, long rows) {
        long width = (long) shape.heads() * shape.headSize();
        return prefix.narrow(1, (2L * layer + which) * width, width)
                .view(prefix.size(0), shape.heads(), shape.headSize()).transpose(0, 1).unsqueeze(0)
                .expand(rows, shape.heads(), prefix.size(0), shape.headSize());
    }

    /** Caches that begin with the prefix, for {@link CausalLm#begin} with prompts of one length. */
    public KvCache.Kind cache() {
        return (_, starts, capacity) -> {
            Expect.that(Arrays.stream(starts).allMatch(start -> start == 0), "PrefixTuning.cache",
                    "prompts of one length", "others");
            var cache = new DenseCache(shape, starts, capacity + (int) prefix.size(0));
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                for (int layer = 0; layer < shape.layers(); layer++) {
                    cache.append(layer, part(layer, 0, starts.length), part(layer, 1, starts.length));
                }
            }
            cache.advance(prefix.size(0));
            return cache;
        };
    }

    /** The prefix, through which gradients flow, before the tokens of one pass. */
    private final class Before implements KvCache {
        private final KvColumns columns;
        private final long rows;

        Before(long rows) {
            this.rows = rows;
            columns = new KvColumns(new long[(int) rows], model.device());
            columns.advance(prefix.size(0));
        }

        @Override public KvColumns columns() { return columns; }

        @Override public KeysValues append(int layer, Tensor k, Tensor v) {
            return new KeysValues(Tensor.cat(List.of(part(layer, 0, rows), k), 2),
                    Tensor.cat(List.of(part(layer, 1, rows), v), 2));
        }

        @Override public void join(KvCache other) { throw onePass(); }

        @Override public void select(long... chosen) { throw onePass(); }

        private static UnsupportedOperationException onePass() {
            return new UnsupportedOperationException("PrefixTuning: this cache is for one pass; decode with cache()");
        }

        @Override public void close() { columns.close(); }
    }

    /** The model learns again. */
    public void detach() {
        model.freeze(false);
        close();
    }
}
