package dev.merapi.text.generate;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Texts that are written together, each from when it joins until it ends or leaves: iteration-level scheduling, by Yu
 * et al. 2022 (Orca). None waits for another to end, and none depends on its neighbours: each is what {@link Generator}
 * writes by itself.
 *
 * <pre>{@code
 * try (var batch = generator.batch()) {
 *     var one = batch.add(prompt, Generation.DEFAULT, IO::print);
 *     batch.step();                                                       // a token of one
 *     batch.add(other, Generation.DEFAULT.maxTokens(5), IO::print);       // joins
 *     while (batch.size() > 0) batch.step();
 *     IO.println(one.isCut());                                            // true: after 128 tokens
 * }
 * }</pre>
 *
 * It belongs to one platform thread. Between texts it holds no memory.
 *
 * <p>B rows, V vocabulary.
 */
public final class ContinuousBatch implements AutoCloseable {
    /**
     * How a text is written, and who hears of it.
     *
     * @param options without beams
     * @param rules that it keeps to
     * @param likeliest how many of the likeliest tokens are told beside each that was chosen; -1 if none is told of
     * @param chosen takes each token, before the piece of the text that it ends
     * @param out takes the text in pieces
     */
    public record Writing(Generation options, LogitsProcessor.Bounded rules, int likeliest, Consumer<Chosen> chosen,
            Consumer<String> out) {
        /** Without rules, and only the text is told. */
        public static Writing of(Generation options, Consumer<String> out) {
            return new Writing(options, LogitsProcessor.Bounded.NONE, -1, _ -> {}, out);
        }
    }

    /**
     * A token, with its probability by the model alone, and the likeliest ones in its place.
     *
     * @param logProbability to the base e
     */
    public record Chosen(long id, double logProbability, List<Chosen> likeliest) {}

    /** A text in a batch. */
    public static final class Text {
        private final long[] prompt;
        private final Sequence sequence;
        private final Writing writing;
        private RuntimeException error;

        private Text(long[] prompt, Sequence sequence, Writing writing) {
            this.prompt = prompt;
            this.sequence = sequence;
            this.writing = writing;
        }

        /** Tokens of its prompt. */
        public int promptTokens() { return prompt.length; }

        /** Tokens written so far, without the one that ended it. */
        public int tokens() { return sequence.ids().length; }

        /** Whether it ended because it may not be longer, not by its end or a stop text. */
        public boolean isCut() { return sequence.isCut(); }

        /** Why it ended without being finished; null if all is well. */
        public RuntimeException error() { return error; }
    }

    private final Generator generator;
    private final Generative model;
    private final List<Text> texts = new ArrayList<>(); // a row of the decoding each
    private Decoding decoding; // null while there are none

    ContinuousBatch(Generator generator, Generative model) {
        this.generator = generator;
        this.model = model;
    }

    /** Texts that are being written. */
    public int size() { return texts.size(); }

    /**
     * Reads a prompt, which joins those that are being written.
     *
     * @param options of this text; without beams
     * @param out takes the text in pieces, on this thread, as it is written
     * @throws IllegalArgumentException as {@link Generator}'s methods do; the others are as before
     */
    public Text add(long[] prompt, Generation options, Consumer<String> out) {
        return add(prompt, Writing.of(options, out));
    }

    /** The same with more to say of the text; throws as {@link #add(long[], Generation, Consumer)}. */
    public Text add(long[] prompt, Writing writing) {
        var options = writing.options;
        Expect.that(options.beams() == 1, "ContinuousBatch.add", "1 beam", options.beams());
        Expect.that(prompt.length > 0, "ContinuousBatch.add", "a prompt of at least one token", "none");
        var text = new Text(prompt, generator.constrained(writing.rules).begin(prompt, options, writing.out), writing);
        try (var _ = Torch.noGrad()) {
            if (decoding == null) decoding = model.begin(List.of(prompt), options.maxTokens() - 1);
            else decoding.add(List.of(prompt));
        }
        texts.add(text);
        return text;
    }

    /** Ends a text that nobody waits for any more; nothing if it has ended. */
    public void remove(Text text) {
        if (!texts.contains(text)) return;
        keep(IntStream.range(0, texts.size()).filter(row -> texts.get(row) != text).toArray());
    }

    /**
     * Writes a token of each.
     *
     * @return those that ended, also by an {@link Text#error}
     */
    public List<Text> step() {
        if (texts.isEmpty()) return List.of();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var now = List.copyOf(texts);
            long[] next = next();
            tell(next);
            int[] going = IntStream.range(0, now.size())
                    .filter(row -> now.get(row).error == null && now.get(row).sequence.add(next[row])).toArray();
            keep(going);
            if (going.length > 0) decoding.read(Tensor.of(IntStream.of(going).mapToLong(row -> next[row]).toArray()));
            return now.stream().filter(text -> !texts.contains(text)).toList();
        }
    }

    /** Says how likely the tokens are, to those who want to know. */
    private void tell(long[] next) {
        if (texts.stream().noneMatch(text -> text.writing.likeliest >= 0)) return;
        Tensor all = decoding.logits().to(DType.FLOAT32).logSoftmax(1);
        for (int row = 0; row < next.length; row++) {
            var text = texts.get(row);
            if (text.writing.likeliest < 0 || text.error != null || text.sequence.isEnd(next[row])) continue;
            Tensor own = all.select(0, row);
            var likeliest = new ArrayList<Chosen>();
            if (text.writing.likeliest > 0) {
                var top = own.topk(Math.min(text.writing.likeliest, own.numel()), 0);
                double[] values = top.values().toDoubles();
                long[] ids = top.indices().toLongs();
                for (int i = 0; i < ids.length; i++) likeliest.add(new Chosen(ids[i], values[i], List.of()));
            }
            text.writing.chosen.accept(new Chosen(next[row], own.select(0, next[row]).item(), likeliest));
        }
    }

    /** The next token of each row; of one without a token that may come an error, and any token. */
    private long[] next() {
        Tensor logits = Sampling.processed(decoding.logits().to(DType.FLOAT32),
                texts.stream().map(text -> text.sequence).toList());
        double[] highest = logits.amax(1).toDoubles(); // NaN where a row has one
        boolean[] wrong = new boolean[highest.length];
        for (int row = 0; row < wrong.length; row++) {
            wrong[row] = !(highest[row] > Double.NEGATIVE_INFINITY);
            if (wrong[row]) texts.get(row).error = error(highest[row], logits.size(1), texts.get(row).tokens());
        }
        return TokenSampler.next(logits, texts.stream().map(text -> text.sequence.options()).toList(),
                texts.stream().mapToDouble(text -> text.sequence.random()).toArray()).toLongs();
    }

    private static RuntimeException error(double highest, long vocabulary, int written) {
        if (!Double.isNaN(highest)) return Sequence.allRuledOut(vocabulary, written);
        return new IllegalArgumentException("ContinuousBatch: expected logits without NaN. Received NaN after "
                + written + " new tokens: the model's weights are damaged, or its number type is too narrow.");
    }

    private void keep(int[] rows) {
        if (rows.length == texts.size()) return;
        var left = IntStream.of(rows).mapToObj(texts::get).toList();
        texts.clear();
        texts.addAll(left);
        if (!left.isEmpty()) {
            try (var _ = Scope.open()) {
                decoding.select(Tensor.of(IntStream.of(rows).asLongStream().toArray()));
            }
            return;
        }
        decoding.close();
        decoding = null;
    }

    /** Gives up what is being written, and frees the memory of all. */
    @Override public void close() {
        texts.clear();
        if (decoding != null) decoding.close();
        decoding = null;
    }
}
