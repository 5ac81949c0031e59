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
import dev.merapi.text.tokenizer.EncodeOptions.Cut;
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
    private final boolean owner; // of both, to close them

    /**
     * Over a model and a tokenizer that stay the caller's to close.
     *
     * @throws IllegalArgumentException if tokenizer and model do not belong together
     */
    public QuestionAnswerer(SpanExtractor model, Tokenizer tokenizer) { this(model, tokenizer, false); }

    private QuestionAnswerer(SpanExtractor model, Tokenizer tokenizer, boolean owner) {
        this.owner = owner;
        this.model = model;
        this.tokenizer = tokenizer.expectVocab(model.encoder().config().vocabSize());
    }

    /** Opens a model folder; throws as {@link SpanExtractor#load} and {@link Tokenizer#open}. */
    public static QuestionAnswerer open(Path folder) {
        var tokenizer = Tokenizer.open(folder);
        var model = SpanExtractor.load(folder);
        model.eval();
        return new QuestionAnswerer(model, tokenizer, true);
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
        int window = Math.min(WINDOW, model.encoder().config().maxTokens());
        var first = tokenizer.encoding(question, text, EncodeOptions.DEFAULT.maxLength(window).cut(Cut.ONLY_SECOND)
                .stride(Math.min(STRIDE, window / 3)));
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
