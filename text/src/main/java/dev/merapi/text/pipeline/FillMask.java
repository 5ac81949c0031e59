package dev.merapi.text.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Prediction;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;

/** Words for a gap in a text. */
public final class FillMask implements Predictor<String, Classes> {
    private static final int BATCH = 32; // texts that are read together
    private static final int WORDS = 100;

    private final MaskedLm model;
    private final Tokenizer tokenizer;
    private final long mask;
    private final boolean owner; // of both, to close them

    /**
     * Over a model and a tokenizer that stay the caller's to close.
     *
     * @throws IllegalArgumentException if tokenizer and model do not belong together, or there is no mask token
     */
    public FillMask(MaskedLm model, Tokenizer tokenizer) { this(model, tokenizer, false); }

    private FillMask(MaskedLm model, Tokenizer tokenizer, boolean owner) {
        this.owner = owner;
        this.model = model;
        this.tokenizer = tokenizer.expectVocab(model.encoder().config().vocabSize());
        this.mask = tokenizer.specialTokens().mask().orElseThrow(() -> new IllegalArgumentException(
                "FillMask: expected a tokenizer with a mask token. Name it as mask_token in tokenizer_config.json."));
    }

    /** Opens a model folder; throws as {@link MaskedLm#load} and {@link Tokenizer#open}. */
    public static FillMask open(Path folder) {
        var tokenizer = Tokenizer.open(folder);
        var model = MaskedLm.load(folder);
        model.eval();
        return new FillMask(model, tokenizer, true);
    }

    @Override public Class<String> input() { return String.class; }

    @Override public Class<Classes> output() { return Classes.class; }

    @Override public Optional<Layer> network() { return Optional.of(model); }

    /** The 100 likeliest words for the first gap of each text; throws as {@link #fill}. */
    @Override public List<Classes> predict(List<String> texts) { return fill(texts, WORDS); }

    /**
     * The likeliest words for the first gap of a text, the likeliest first.
     *
     * @param text with the tokenizer's mask token, such as {@code [MASK]}, in the gap
     * @param top how many words, if the model knows so many
     * @throws IllegalArgumentException if the text has no gap, or is too long
     */
    public Classes fill(String text, int top) { return fill(List.of(text), top).getFirst(); }

    private List<Classes> fill(List<String> texts, int top) {
        return texts.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some, top).stream()).toList();
    }

    private List<Classes> batch(List<String> texts, int top) {
        var ids = texts.stream().map(text -> tokenizer.encode(text, EncodeOptions.DEFAULT)).toList();
        long[] gaps = IntStream.range(0, texts.size()).mapToLong(i -> gap(ids.get(i), texts.get(i))).toArray();
        var config = model.encoder().config();
        int count = Math.min(top, config.vocabSize());
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.inference()) {
            var hidden = model.encoder().forward(Tokens.of(ids, config.padTokenId()).to(model.device())); // (B, T, E)
            var at = Tensor.of(gaps, gaps.length, 1, 1).to(model.device()).expand(-1, 1, hidden.size(2));
            var best = model.logits(hidden.gather(1, at).squeeze(1)).softmax(-1).topk(count, -1);         // (B, count)
            float[] probabilities = best.values().toFloats();
            long[] words = best.indices().toLongs();
            return IntStream.range(0, texts.size()).mapToObj(row -> new Classes(
                    IntStream.range(row * count, (row + 1) * count).mapToObj(i -> new Prediction(
                            tokenizer.decode(words[i]).strip(), probabilities[i])).toList())).toList();
        }
    }

    private int gap(long[] ids, String text) {
        return IntStream.range(0, ids.length).filter(i -> ids[i] == mask).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("FillMask: expected " + tokenizer.token(mask)
                        + " in the text, where a word is missing. Received \"" + text + "\""));
    }

    @Override public String parse(String typed) { return typed; }

    /** Moves the model; inputs follow it. */
    public FillMask to(Device device) {
        model.to(device);
        return this;
    }

    /** The model, for more training. */
    public Layer model() { return model; }

    @Override public void close() {
        if (!owner) return;
        model.close();
        tokenizer.close();
    }
}
