package dev.merapi.text.pipeline;

import dev.merapi.nn.Layer;
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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Answers to questions that stand in a text. A long text is read in windows that overlap. */
public final class QuestionAnswerer implements Predictor<QuestionAnswerer.Question, Answers> {
    private static final int BATCH = 16; // windows that are read together
    private static final int WINDOW = 384; // tokens, and how many of them the next window repeats, as BERT's for SQuAD
    private static final int STRIDE = 128;
    private static final int LONGEST = 30; // tokens of an answer

    /**
     * A question and where its answer stands.
     *
     * @throws IllegalArgumentException if the text is blank
     */
    public record Question(String question, String text) {
        public Question {
            if (text.isBlank()) {
                throw new IllegalArgumentException("QuestionAnswerer: expected a text to answer from. Received none.");
            }
        }
    }

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

    @Override public Class<Question> input() { return Question.class; }

    @Override public Class<Answers> output() { return Answers.class; }

    @Override public Optional<Layer> network() { return Optional.of(model); }

    /** As {@link #predict(List)}, to one question. */
    public Answers answer(String question, String text) { return predict(new Question(question, text)); }

    /**
     * The answers to each question.
     *
     * @throws IllegalArgumentException if a question leaves no room for its text
     */
    @Override public List<Answers> predict(List<Question> questions) {
        var first = encode(questions.stream().map(Question::question).toList(),
                questions.stream().map(Question::text).toList());
        var windows = IntStream.range(0, first.size()).mapToObj(i -> windows(questions.get(i).text, first.get(i)))
                .toList();
        var answers = windows.stream().flatMap(List::stream).gather(Gatherers.windowFixed(BATCH))
                .flatMap(some -> batch(some).stream()).iterator();
        return windows.stream().map(ofOne -> new Answers(ofOne.stream().map(_ -> answers.next())
                .sorted(Comparator.comparingDouble(Answers.Answer::probability).reversed()).toList())).toList();
    }

    /** A part of a text that is read at once. */
    private record Window(Encoding tokens, String text) {}

    private static List<Window> windows(String text, Encoding first) {
        return Stream.concat(Stream.of(first), first.overflowing().stream()).map(w -> new Window(w, text)).toList();
    }

    /** The best answer of each window. */
    private List<Answers.Answer> batch(List<Window> windows) {
        var config = model.encoder().config();
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.inference()) {
            var ids = windows.stream().map(w -> w.tokens.ids()).toList();
            var types = config.typeVocabSize() > 1 ? windows.stream().map(w -> w.tokens.typeIds()).toList() : null;
            Tensor logits = model.forward(Tokens.of(ids, types, config.padTokenId()).to(model.device())); // (B, T, 2)
            Tensor read = logits.to(Device.CPU);
            return IntStream.range(0, windows.size()).mapToObj(i -> best(windows.get(i), read.select(0, i))).toList();
        }
    }

    private static Answers.Answer best(Window window, Tensor logits) {
        var tokens = window.tokens;
        int[] inText = IntStream.range(0, tokens.size()).filter(i -> tokens.sequences()[i] == 1).toArray();
        int from = inText[0];
        int to = inText[inText.length - 1] + 1;
        var span = SpanExtractor.best(logits, from, to, LONGEST);
        float[] p = logits.narrow(0, from, to - from).softmax(0).toFloats();
        int start = tokens.offsets().get(span.start()).start();
        int end = tokens.offsets().get(span.end()).end();
        return new Answers.Answer(window.text.substring(start, end), start, end,
                (double) p[2 * (span.start() - from)] * p[2 * (span.end() - from) + 1]);
    }

    /** @param typed the question up to its first question mark, then the text */
    @Override public Question parse(String typed) {
        int mark = typed.indexOf('?');
        if (mark >= 0) return new Question(typed.substring(0, mark + 1), typed.substring(mark + 1).strip());
        throw new IllegalArgumentException("Expected a question with its question mark, then the text with the answer."
                + " Received no question mark.");
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
