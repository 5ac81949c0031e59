package dev.merapi.text.generate;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.RaggedDecoding.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;

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
 * A prompt that begins as another did is read from where they part. Long ones are read in pieces, between which the
 * others go on (Agrawal et al. 2024, arXiv:2403.02310). What does not fit into memory waits, the youngest first.
 *
 * <p>It belongs to one platform thread.
 */
public final class ContinuousBatch implements AutoCloseable {
    /**
     * What a batch may take.
     *
     * @param chunk tokens of prompts that are read in a step
     * @param memory of keys and values
     */
    public record Limits(int chunk, RaggedDecoding.Memory memory) {
        /** 256 tokens, and the usual memory. */
        public static final Limits DEFAULT = new Limits(256, RaggedDecoding.Memory.DEFAULT);

        public Limits { Expect.atLeast("ContinuousBatch.chunk", 1, chunk); }
    }

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
        private final int promptTokens;
        private final Sequence sequence;
        private final Writing writing;
        private long[] ids; // to be read, from where it begins or began anew
        private RaggedDecoding.Row row; // those that were read; null while there is no room
        private int known = -1;
        private RuntimeException error;

        private Text(long[] prompt, Sequence sequence, Writing writing) {
            promptTokens = prompt.length;
            ids = prompt;
            this.sequence = sequence;
            this.writing = writing;
        }

        /** Tokens of its prompt. */
        public int promptTokens() { return promptTokens; }

        /** Tokens at the beginning of its prompt that others had read before; 0 before its first step. */
        public int knownTokens() { return Math.max(0, known); }

        /** Tokens written so far, without the one that ended it. */
        public int tokens() { return sequence.ids().length; }

        /** Whether it ended because it may not be longer, not by its end or a stop text. */
        public boolean isCut() { return sequence.isCut(); }

        /** Why it ended without being finished; null if all is well. */
        public RuntimeException error() { return error; }

        private int unread() { return ids.length - row.length(); }

        /** Whether it is about to read a block of tokens that another begins with too. */
        private boolean reads(Text other) {
            if (row == null || other.ids.length < 2) return false;
            int mismatch = Arrays.mismatch(ids, other.ids);
            int same = Math.min(mismatch < 0 ? ids.length : mismatch, other.ids.length - 1);
            return same / RaggedDecoding.BLOCK > row.length() / RaggedDecoding.BLOCK;
        }

        private void append(long id) {
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = id;
        }

        private void leave() {
            if (row != null) row.close();
            row = null;
        }
    }

    /**
     * What is read of a text in a step.
     *
     * @param first where its logits begin among those of all
     * @param guesses that are read behind its last token
     */
    private record Turn(Text text, int first, long[] guesses) {}

    private final Generator generator;
    private final Generative model;
    private final Limits limits;
    private final List<Text> texts = new ArrayList<>(); // in the order in which they joined
    private RaggedDecoding decoding; // null before the first
    private Drafts drafts; // null where no draft model guesses, and before the first

    ContinuousBatch(Generator generator, Generative model, Limits limits) {
        this.generator = generator;
        this.model = model;
        this.limits = limits;
        if (limits.memory.kept() != null) decoding = model.together(limits.memory); // the first text finds it read
    }

    /** Texts that are being written, or wait for room. */
    public int size() { return texts.size(); }

    /**
     * A text that joins those that are being written, in the next step if there is room.
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
        return add(new Text(prompt, generator.constrained(writing.rules).begin(prompt, options, writing.out), writing));
    }

    /** One that nobody hears of while it is written. */
    void add(long[] prompt, Sequence sequence) {
        add(new Text(prompt, sequence, Writing.of(sequence.options(), _ -> { })));
    }

    private Text add(Text text) {
        if (decoding == null) decoding = model.together(limits.memory);
        decoding.expectRoom(text.ids);
        texts.add(text);
        return text;
    }

    /** Ends a text that nobody waits for any more, and frees its memory; nothing if it has ended. */
    public void remove(Text text) {
        if (!texts.remove(text)) return;
        if (text.row != null) text.row.discard();
        text.row = null;
        end(text);
    }

    private void end(Text text) {
        text.leave();
        if (drafts != null) drafts.leave(text);
    }

    /**
     * Writes a token of each whose prompt is read, or several where some were guessed, and reads on in the prompts of
     * the others.
     *
     * @return those that ended, also by an {@link Text#error}
     */
    public List<Text> step() {
        if (texts.isEmpty()) return List.of();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            join();
            var pieces = new ArrayList<Piece>();
            var turns = plan(pieces);
            var ended = new ArrayList<>(texts.stream().filter(text -> text.error != null).toList());
            if (!pieces.isEmpty()) choose(turns, decoding.read(pieces), ended);
            texts.removeAll(ended);
            ended.forEach(this::end);
            return ended;
        }
    }

    /** Gives rows to those that wait, one after the other, but for those that soon will know more of their prompt. */
    private void join() {
        for (var text : texts) {
            if (text.row != null || texts.stream().anyMatch(other -> other.reads(text))) continue;
            text.row = decoding.open(text.ids, text.sequence.options().maxTokens() - text.tokens());
            if (text.row == null) return;
            if (text.known < 0) text.known = text.row.length();
        }
    }

    /** Tokens that were written are read all, of prompts a piece. */
    private List<Turn> plan(List<Piece> pieces) {
        var turns = new ArrayList<Turn>();
        var guessed = guesses();
        int left = limits.chunk, first = 0;
        for (var text : texts) {
            if (text.row == null) continue;
            int unread = text.unread(), now = unread == 1 ? 1 : Math.min(unread, left);
            if (now == 0 || !makeRoom(text, now)) continue;
            if (unread > 1) left -= now;
            long[] guesses = guessed.getOrDefault(text, new long[0]);
            if (!decoding.hasRoom(text.row, 1 + guesses.length)) guesses = new long[0];
            int wanted = now == unread ? 1 + guesses.length : 0;
            long[] ids = Arrays.copyOfRange(text.ids, text.row.length(), text.row.length() + now);
            pieces.add(new Piece(text.row, LongStream.concat(LongStream.of(ids), LongStream.of(guesses)).toArray(),
                    wanted, guesses.length));
            if (wanted > 0) turns.add(new Turn(text, first, guesses));
            first += wanted;
        }
        return turns;
    }

    /** Room to read tokens of a text, for which the youngest wait, possibly itself. */
    private boolean makeRoom(Text text, int tokens) {
        while (!decoding.hasRoom(text.row, tokens)) {
            var rows = texts.stream().filter(other -> other.row != null).toList();
            if (rows.size() == 1) {
                text.error = Expect.error("ContinuousBatch", "memory for a text of " + text.ids.length
                        + " tokens", "less", "give RaggedDecoding.Memory more bytes");
            }
            rows.getLast().leave();
            if (rows.getLast() == text) return false;
        }
        return true;
    }

    /** What is guessed of the texts whose prompt is read. */
    private Map<Text, long[]> guesses() {
        var guesser = generator.guesser();
        if (guesser == null) return Map.of();
        var wanted = texts.stream().filter(text -> text.row != null && text.unread() == 1 && most(text) > 0)
                .map(text -> new Drafts.Wanted(text, text.ids, most(text))).toList();
        if (drafts == null && guesser instanceof DraftModel draft) drafts = new Drafts(draft, limits);
        var guessed = drafts != null ? drafts.guess(wanted)
                : wanted.stream().map(one -> guesser.guess(one.ids(), one.most())).toList();
        var all = new IdentityHashMap<Text, long[]>();
        for (int i = 0; i < guessed.size(); i++) all.put((Text) wanted.get(i).whose(), guessed.get(i));
        return all;
    }

    private int most(Text text) {
        int left = text.sequence.options().maxTokens() - text.tokens() - 1; // the last is written, not read
        return Math.min(Math.min(generator.guesses(), left), model.room() - text.ids.length);
    }

    /** The next token of each text, and of those whose guess it is the one after it. */
    private void choose(List<Turn> turns, Tensor logits, List<Text> ended) {
        var live = turns;
        for (int level = 0; !live.isEmpty(); level++) {
            int at = level;
            Tensor rows = logits.indexSelect(0, Tensor.of(live.stream().mapToLong(turn -> turn.first + at).toArray())
                    .to(logits.device())).to(DType.FLOAT32);
            var now = live.stream().map(Turn::text).toList();
            long[] next = next(rows, now);
            tell(rows, now, next);
            var right = new ArrayList<Turn>();
            for (int i = 0; i < next.length; i++) {
                var turn = live.get(i);
                if (!goesOn(turn.text, next[i])) {
                    ended.add(turn.text);
                    continue;
                }
                turn.text.append(next[i]);
                if (level < turn.guesses.length && turn.guesses[level] == next[i]) right.add(turn);
                else goOn(turn.text, turn.guesses.length - level);
            }
            live = right;
        }
    }

    /** Writes a token; whether another may follow. What goes wrong with a text is an error of that one alone. */
    private static boolean goesOn(Text text, long next) {
        try {
            return text.error == null && text.sequence.add(next);
        } catch (RuntimeException | StackOverflowError e) {
            text.error = failed(e);
            return false;
        }
    }

    private static RuntimeException failed(Throwable e) {
        return e instanceof RuntimeException known ? known : new IllegalStateException("ContinuousBatch: " + e, e);
    }

    /** Takes wrong guesses back; where the context is full, the older half is forgotten. */
    private void goOn(Text text, int wrong) {
        text.row.forget(wrong);
        if (text.ids.length <= model.room()) return;
        text.ids = Arrays.copyOfRange(text.ids, text.ids.length - (model.room() / 2 + 1), text.ids.length);
        end(text); // and begins anew
    }

    /** Says how likely the tokens are, to those who want to know. */
    private static void tell(Tensor logits, List<Text> texts, long[] next) {
        if (texts.stream().noneMatch(text -> text.writing.likeliest >= 0)) return;
        Tensor all = logits.logSoftmax(1);
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
    private static long[] next(Tensor rows, List<Text> texts) {
        Tensor logits = processed(rows, texts);
        double[] highest = logits.amax(1).toDoubles(); // NaN where a row has one
        boolean[] wrong = new boolean[highest.length];
        for (int row = 0; row < wrong.length; row++) {
            wrong[row] = !(highest[row] > Double.NEGATIVE_INFINITY);
            var text = texts.get(row);
            if (wrong[row] && text.error == null) text.error = error(highest[row], logits.size(1), text.tokens());
        }
        return TokenSampler.next(logits, texts.stream().map(text -> text.sequence.options()).toList(),
                texts.stream().mapToDouble(text -> text.sequence.random()).toArray()).toLongs();
    }

    /** By the rules of each row, if there are any. */
    private static Tensor processed(Tensor rows, List<Text> texts) {
        if (texts.stream().noneMatch(text -> text.sequence.isProcessed())) return rows;
        var all = new ArrayList<Tensor>();
        for (int row = 0; row < texts.size(); row++) all.add(processed(rows.select(0, row), texts.get(row)));
        return Tensor.stack(all, 0);
    }

    private static Tensor processed(Tensor logits, Text text) {
        try {
            return text.sequence.processed(logits);
        } catch (RuntimeException | StackOverflowError e) {
            text.error = failed(e);
            return logits;
        }
    }

    private static RuntimeException error(double highest, long vocabulary, int written) {
        if (!Double.isNaN(highest)) return Sequence.allRuledOut(vocabulary, written);
        return new IllegalArgumentException("ContinuousBatch: expected logits without NaN. Received NaN after "
                + written + " new tokens: the model's weights are damaged, or its number type is too narrow.");
    }

    /** Gives up what is being written, and frees the memory of all. */
    @Override public void close() {
        texts.forEach(this::end);
        texts.clear();
        if (drafts != null) drafts.close();
        drafts = null;
        if (decoding != null) decoding.close();
        decoding = null;
    }
}
