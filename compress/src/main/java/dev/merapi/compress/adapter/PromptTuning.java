package dev.merapi.compress.adapter;

import dev.merapi.nn.Embedding;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Name;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.train.Supervised;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A language model that reads learned vectors before each text, and does not learn itself. Lester et al. 2021,
 * arXiv:2104.08691.
 *
 * <pre>{@code
 * var prompt = PromptTuning.of(gpt, 20);
 * Trainer.of(prompt.task()).optimizer(m -> new AdamW(m, 1e-2)).fit(train);
 * prompt.save(Path.of("austen-prompt"));
 * }</pre>
 *
 * Ids (B, T) to logits (B, T, V), as the model's. Until it is {@link #detach}ed, the model itself must not be asked.
 */
public final class PromptTuning extends Layer implements Unary {
    private static final String KIND = "PROMPT_TUNING";

    @Name("prompt_embeddings") final Param prompt; // (virtual tokens, E)
    private final transient CausalLm model;
    private final transient String words; // the path of its embedding

    /** In the place of the model's embedding. */
    private static final class Prompted extends Layer implements Unary {
        @Name("") Unary base;
        private final transient Param prompt;

        Prompted(Unary base, Param prompt) {
            this.base = base;
            this.prompt = prompt;
        }

        /** The first ids stand for the prompt. */
        @Override public Tensor forward(Tensor ids) {
            long n = prompt.size(0);
            Tensor text = base.forward(ids.narrow(1, n, ids.size(1) - n));
            Tensor before = prompt.unsqueeze(0).expand(ids.size(0), n, prompt.size(1));
            return hooked(Tensor.cat(List.of(before, text), 1), ids);
        }
    }

    private PromptTuning(CausalLm model, int tokens) {
        this.model = model;
        words = model.layers().entrySet().stream().filter(e -> e.getValue() instanceof Embedding).findFirst()
                .orElseThrow(() -> Expect.error("PromptTuning.of", "a model with an embedding and no other prompt",
                        model.getClass().getSimpleName())).getKey();
        Expect.that(tokens > 0 && tokens < model.context(), "PromptTuning.of", "virtual tokens from 1 to less than the"
                + " model's context, " + model.context(), tokens);
        try (var _ = Torch.on(model.device(), model.dtype())) {
            prompt = param(Init.zeros(), tokens, model.params().get(words + ".weight").size(1));
        }
        model.freeze(true);
        model.replace((path, layer) -> path.equals(words) ? new Prompted((Unary) layer, prompt) : layer);
    }

    /** With the vectors of tokens of the model's, drawn at random, to begin with. */
    public static PromptTuning of(CausalLm model, int tokens) {
        var tuning = new PromptTuning(model, tokens);
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor table = model.params().get(tuning.words + ".weight");
            tuning.prompt.copy_(table.indexSelect(0, Tensor.randint(0, table.size(0), tokens).to(model.device())));
        }
        return tuning;
    }

    /**
     * One that PEFT or {@link #save} wrote.
     *
     * @throws IllegalArgumentException if it is another kind of adapter, or one of another model
     */
    public static PromptTuning load(CausalLm model, Path folder) {
        var tuning = new PromptTuning(model, SoftPromptFiles.virtualTokens(KIND, folder));
        try {
            SoftPromptFiles.load(folder, tuning.prompt);
            return tuning;
        } catch (RuntimeException e) {
            tuning.detach();
            throw e;
        }
    }

    /** Saves the vectors alone, in PEFT's files. */
    public void save(Path folder) {
        SoftPromptFiles.save(KIND, prompt, Map.of("token_dim", prompt.size(1), "prompt_tuning_init", "RANDOM"), folder);
    }

    @Override public Tensor forward(Tensor ids) {
        long n = prompt.size(0);
        Tensor virtual = ids.newZeros(ids.size(0), n);
        Tensor logits = model.forward(Tensor.cat(List.of(virtual, ids), 1));
        return hooked(logits.narrow(1, n, ids.size(1)), ids);
    }

    /** Trains the vectors to say what comes next in windows of texts. */
    public Supervised task() { return Supervised.of(this, new NextToken()); }

    /** The model as it was, which learns again. */
    public void detach() {
        model.replace((_, layer) -> layer instanceof Prompted prompted ? (Layer) prompted.base : layer);
        model.freeze(false);
        close();
    }
}
