package dev.merapi.text.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.recipe.Prediction;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.MaskedLm;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Words for a gap in a text. */
public final class FillMask implements Predictor {
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

    /**
     * The likeliest words for the first gap of a text.
     *
     * @param text with the tokenizer's mask token, such as {@code [MASK]}, in the gap
     * @throws IllegalArgumentException if the text has no gap, or is too long
     */
    public List<Prediction> fill(String text, int top) {
        long[] ids = tokenizer.encode(text, EncodeOptions.DEFAULT);
        int gap = IntStream.range(0, ids.length).filter(i -> ids[i] == mask).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("FillMask: expected " + tokenizer.token(mask)
                        + " in the text, where a word is missing. Received \"" + text + "\""));
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.inference()) {
            var tokens = Tokens.of(List.of(ids), 0).to(model.device());
            var hidden = model.encoder().forward(tokens).select(1, gap); // (1, E)
            var best = model.logits(hidden).softmax(-1).squeeze(0).topk(top, 0);
            float[] probabilities = best.values().toFloats();
            long[] words = best.indices().toLongs();
            return IntStream.range(0, words.length)
                    .mapToObj(i -> new Prediction(tokenizer.decode(words[i]).strip(), probabilities[i])).toList();
        }
    }

    @Override public String predict(String input, int top) { return Prediction.line(fill(input, top), top); }

    @Override public List<Prediction> answer(String input, int top) { return fill(input, top); }

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
