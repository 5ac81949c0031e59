package dev.merapi.text.pipeline;

import dev.merapi.recipe.Classes;
import dev.merapi.recipe.GlassBox;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Gatherers;

/** Classes for texts. */
public final class TextClassifier implements Predictor<String, Classes> {
    private static final int BATCH = 32; // texts that are read together

    private final SequenceClassifier model;
    private final Tokenizer tokenizer;
    private final EncodeOptions options;
    private final boolean owner; // of both, to close them

    /**
     * Over a model and a tokenizer that stay the caller's to close.
     *
     * @param tokenizer whose {@link Tokenizer#modelMaxLength} is the longest text, if that is less than the model takes
     * @throws IllegalArgumentException if tokenizer and model do not belong together
     */
    public TextClassifier(SequenceClassifier model, Tokenizer tokenizer) { this(model, tokenizer, false); }

    private TextClassifier(SequenceClassifier model, Tokenizer tokenizer, boolean owner) {
        this.owner = owner;
        var config = model.encoder().config();
        this.model = model;
        this.tokenizer = tokenizer.expectVocab(config.vocabSize());
        this.options = EncodeOptions.DEFAULT.maxLength(Math.min(config.maxTokens(), tokenizer.modelMaxLength()));
    }

    /** Opens a model folder; throws as {@link SequenceClassifier#load} and {@link Tokenizer#open}. */
    public static TextClassifier open(Path folder) {
        var tokenizer = Tokenizer.open(folder);
        var model = SequenceClassifier.load(folder);
        model.eval();
        return new TextClassifier(model, tokenizer, true);
    }

    /** What the model reads of each text: its tokens with the special ones, the end of a long text cut off. */
    public List<long[]> encode(List<String> texts) { return tokenizer.encodeAll(texts, options); }

    @Override public Class<String> input() { return String.class; }

    @Override public Class<Classes> output() { return Classes.class; }

    /** The classes of each text; what is too long is cut. */
    @Override public List<Classes> predict(List<String> texts) {
        return texts.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some).stream()).toList();
    }

    private List<Classes> batch(List<String> texts) {
        var config = model.encoder().config();
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.inference()) {
            var tokens = Tokens.of(encode(texts), config.padTokenId()).to(model.device());
            return Classes.of(config.labels(), model.forward(tokens).softmax(-1));
        }
    }

    @Override public Optional<GlassBox<String>> glassBox() {
        return Optional.of(new OpenTextClassifier(model, tokenizer, this::encode));
    }

    @Override public String parse(String typed) { return typed; }

    /** Moves the model; inputs follow it. */
    public TextClassifier to(Device device) {
        model.to(device);
        return this;
    }

    @Override public void close() {
        if (!owner) return;
        model.close();
        tokenizer.close();
    }
}
