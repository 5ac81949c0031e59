package dev.merapi.text.pipeline;

import dev.merapi.recipe.Prediction;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Classes for texts. */
public final class TextClassifier implements Predictor {
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

    /** The classes of a text, the most probable first; what is too long is cut. */
    public List<Prediction> classify(String text) { return classify(List.of(text)).getFirst(); }

    /** The classes of each text, all in one batch. */
    public List<List<Prediction>> classify(List<String> texts) {
        var labels = model.encoder().config().labels();
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.inference()) {
            var tokens = Tokens.of(encode(texts), model.encoder().config().padTokenId())
                    .to(model.device());
            float[] probabilities = model.forward(tokens).softmax(-1).toFloats();
            var answers = new ArrayList<List<Prediction>>();
            for (int i = 0; i < texts.size(); i++) {
                int from = i * labels.size();
                answers.add(ranked(labels, Arrays.copyOfRange(probabilities, from, from + labels.size())));
            }
            return answers;
        }
    }

    static List<Prediction> ranked(List<String> labels, float[] probabilities) {
        return IntStream.range(0, probabilities.length)
                .mapToObj(i -> new Prediction(labels.get(i), probabilities[i]))
                .sorted(Comparator.comparingDouble(Prediction::probability).reversed()).toList();
    }

    @Override public String predict(String input, int top) { return Prediction.line(classify(input), top); }

    @Override public List<Prediction> answer(String input, int top) {
        return classify(input).stream().limit(top).toList();
    }

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
