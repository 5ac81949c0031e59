package dev.merapi.text.pipeline;

import dev.merapi.recipe.Prediction;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.SpanExtractor;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.EncodeOptions.Truncation;
import dev.merapi.text.tokenizer.Encoding;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Answers to questions that stand in a text. A long text is read in windows that overlap. */
public final class QuestionAnswerer implements Predictor {
    private static final int WINDOW = 384; // tokens, and how many of them the next window repeats, as BERT's for SQuAD
    private static final int STRIDE = 128;
    private static final int LONGEST = 30; // tokens of an answer

    private final SpanExtractor model;
    private final Tokenizer tokenizer;
    private final EncodeOptions options;
    private final boolean owner; // of both, to close them

    /**
     * Reads windows of 384 tokens that share 128, or fewer if the model takes fewer. Model and tokenizer stay the
     * caller's to close.
     *
     * @throws IllegalArgumentException if tokenizer and model do not belong together
     */
    public QuestionAnswerer(SpanExtractor model, Tokenizer tokenizer) {
        this(model, tokenizer, Math.min(WINDOW, tokenizer.modelMaxLength()), STRIDE);
    }

    /**
     * The same with windows of another size.
     *
     * @param window tokens that are read at once, question and text, if the model takes so many
     * @param stride tokens of the text that a window repeats of the one before it; a third of the window at most
     * @throws IllegalArgumentException if tokenizer and model do not belong together
     */
    public QuestionAnswerer(SpanExtractor model, Tokenizer tokenizer, int window, int stride) {
        this(model, tokenizer, window, stride, false);
    }

    private QuestionAnswerer(SpanExtractor model, Tokenizer tokenizer, int window, int stride, boolean owner) {
        this.owner = owner;
        var config = model.encoder().config();
        this.model = model;
        this.tokenizer = tokenizer.expectVocab(config.vocabSize());
        int length = Math.min(window, config.maxTokens());
        options = EncodeOptions.DEFAULT.maxLength(length).truncation(Truncation.ONLY_SECOND)
                .stride(Math.min(stride, length / 3));
    }

    /** Opens a model folder; throws as {@link SpanExtractor#load} and {@link Tokenizer#open}. */
    public static QuestionAnswerer open(Path folder) {
        var tokenizer = Tokenizer.open(folder);
        var model = SpanExtractor.load(folder);
        model.eval();
        return new QuestionAnswerer(model, tokenizer, Math.min(WINDOW, tokenizer.modelMaxLength()), STRIDE, true);
    }

    /** What the model reads of each question with its text: a window; others are its {@link Encoding#overflowing}. */
    public List<Encoding> encode(List<String> questions, List<String> texts) {
        return tokenizer.encodings(questions, texts, options);
    }

    /**
     * The best answer of each window of the text, the most probable first.
     *
     * @param question what is asked
     * @param text where the answer stands
     * @throws IllegalArgumentException if the text is empty, or the question leaves no room for it
     */
    public List<Prediction> answer(String question, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("QuestionAnswerer: expected a text to answer from. Received none.");
        }
        var first = encode(List.of(question), List.of(text)).getFirst();
        var windows = new ArrayList<>(List.of(first));
        windows.addAll(first.overflowing());
        return windows.stream().map(w -> best(w, text))
                .sorted(Comparator.comparingDouble(Prediction::probability).reversed()).toList();
    }

    private Prediction best(Encoding window, String text) {
        int[] inText = IntStream.range(0, window.size()).filter(i -> window.sequences()[i] == 1).toArray();
        int from = inText[0];
        int to = inText[inText.length - 1] + 1;
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.inference()) {
            Tensor ids = Encoding.tensor(List.of(window), Encoding::ids);
            boolean typed = model.encoder().config().typeVocabSize() > 1;
            Tensor types = typed ? Encoding.tensor(List.of(window), Encoding::typeIds) : null;
            Tensor logits = model.forward(new Tokens(ids, types, null).to(model.device())).squeeze(0); // (T, 2)
            var span = SpanExtractor.best(logits, from, to, LONGEST);
            Tensor probabilities = logits.narrow(0, from, to - from).softmax(0);
            float[] p = probabilities.toFloats();
            int start = window.offsets().get(span.start()).start();
            int end = window.offsets().get(span.end()).end();
            return new Prediction(text.substring(start, end),
                    (double) p[2 * (span.start() - from)] * p[2 * (span.end() - from) + 1]);
        }
    }

    /** @param input the question up to its first question mark, then the text */
    @Override public String predict(String input, int top) { return Prediction.line(answer(input, top), top); }

    /** @param input as for {@link #predict} */
    @Override public List<Prediction> answer(String input, int top) {
        int mark = input.indexOf('?');
        if (mark < 0) {
            throw new IllegalArgumentException("Expected a question with its question mark, then the text with the"
                    + " answer. Received no question mark.");
        }
        return answer(input.substring(0, mark + 1), input.substring(mark + 1).strip()).stream().limit(top).toList();
    }

    /** Moves the model; inputs follow it. */
    public QuestionAnswerer to(Device device) {
        model.to(device);
        return this;
    }

    @Override public void close() {
        if (!owner) return;
        model.close();
        tokenizer.close();
    }
}
