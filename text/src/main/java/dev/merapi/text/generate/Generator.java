package dev.merapi.text.generate;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Torch;
import dev.merapi.text.tokenizer.TextCodec;
import dev.merapi.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Writes text with a language model, or with a translator.
 *
 * <pre>{@code
 * var generator = new Generator(model, tokenizer);
 * String text = generator.generate("The meaning of life is", Generation.DEFAULT.temperature(0.8).topP(0.95));
 * generator.generate("Once upon a time", Generation.DEFAULT, IO::print);       // as it is written
 * }</pre>
 *
 * Texts and ids that come back are the new ones, without the prompt. A text depends on its prompt, the options and the
 * model alone, never on others in the batch; of equal prompts in a batch, each is gone on with by another seed.
 *
 * <p>Every method throws {@link IllegalArgumentException} for a prompt without tokens, for one that does not fit into
 * the model's context with the new tokens, and where the model's logits have a NaN.
 */
public final class Generator {
    private final Generative model;
    private final TextCodec codec;
    private final GenerationConfig config;
    private final LogitsProcessor first;
    private final LogitsProcessor.Bounded last;
    private final Guesser guesser; // or null
    private final int guesses; // at a time

    /** @param eosIds tokens that end a text; without any, the one of a {@link Tokenizer} that does */
    public Generator(Generative model, TextCodec codec, long... eosIds) {
        this(model, codec, GenerationConfig.of(eosIds.length == 0 ? end(codec) : eosIds), LogitsProcessor.NONE,
                LogitsProcessor.Bounded.NONE, null, 0);
    }

    /**
     * One that ends texts, and rules out tokens, as a model's own settings say; the rest of these are
     * {@link GenerationConfig#options}.
     *
     * @throws IllegalArgumentException if they are not for the model
     */
    public Generator(Generative model, TextCodec codec, GenerationConfig config) {
        this(model, codec, config.expect(model), LogitsProcessor.NONE, LogitsProcessor.Bounded.NONE, null, 0);
    }

    private Generator(Generative model, TextCodec codec, GenerationConfig config, LogitsProcessor first,
            LogitsProcessor.Bounded last, Guesser guesser, int guesses) {
        this.model = model;
        this.codec = codec;
        this.config = config;
        this.first = first;
        this.last = last;
        this.guesser = guesser;
        this.guesses = guesses;
    }

    private static long[] end(TextCodec codec) {
        return codec instanceof Tokenizer tokenizer ? tokenizer.specialTokens().eos().stream().toArray() : new long[0];
    }

    /** A generator that changes the logits by a processor of your own, before those that the options ask for. */
    public Generator with(LogitsProcessor processor) {
        return new Generator(model, codec, config, first.then(processor), last, guesser, guesses);
    }

    /** A generator whose texts keep to rules, such as those of a JSON schema; they are applied after all others. */
    public Generator constrained(LogitsProcessor.Bounded rules) {
        return new Generator(model, codec, config, first, rules, guesser, guesses);
    }

    /**
     * A generator that lets tokens be guessed before the model reads them, without beams, up to the model's context.
     * Texts are the same.
     *
     * @param most guesses at a time, from 1
     */
    public Generator guessing(Guesser by, int most) {
        Expect.atLeast("Generator.guessing", 1, most);
        return new Generator(model, codec, config, first, last, by, most);
    }

    /** The text after a prompt, or the translation of a source. */
    public String generate(String prompt, Generation options) { return generate(prompt, options, _ -> {}); }

    /**
     * The same, as it is written.
     *
     * @param out takes pieces of the text, which together are what is returned; from a beam search it comes at the end
     */
    public String generate(String prompt, Generation options, Consumer<String> out) {
        return generate(encode(prompt), options, out);
    }

    /** The text after the tokens of a prompt, as it is written. */
    public String generate(long[] prompt, Generation options, Consumer<String> out) {
        var sequence = sequence(prompt, options, options.seed(), output(prompt, options, out));
        write(List.of(prompt), List.of(sequence), options);
        return sequence.text();
    }

    /** The text after each of the prompts, which are read as one batch. */
    public List<String> generateAll(List<String> prompts, Generation options) {
        return generateTexts(prompts.stream().map(this::encode).toList(), options);
    }

    /** The text after the tokens of each of the prompts, which are read as one batch. */
    public List<String> generateTexts(List<long[]> prompts, Generation options) {
        return writeAll(prompts, options, true).stream().map(Sequence::text).toList();
    }

    /**
     * Several texts after a prompt: the best of a beam search, the best first, or as many drawn ones; transformers'
     * {@code num_return_sequences}.
     *
     * @throws IllegalArgumentException also for more texts than beams, or more than one without beams or temperature
     */
    public List<String> generateSeveral(String prompt, int count, Generation options) {
        return several(encode(prompt), count, options, true).stream().map(Sequence::text).toList();
    }

    /** The tokens of several texts; see {@link #generateSeveral(String, int, Generation)}. */
    public List<long[]> generateSeveral(long[] prompt, int count, Generation options) {
        return several(prompt, count, options, !options.stop().isEmpty()).stream().map(Sequence::ids).toList();
    }

    private List<Sequence> several(long[] prompt, int count, Generation options, boolean text) {
        boolean draw = options.temperature() > 0;
        int most = draw ? Integer.MAX_VALUE : options.beams();
        if (count < 1 || count > most) {
            throw new IllegalArgumentException("Generator: expected from 1 text to " + (draw ? "any number"
                    : most + ", as there are beams") + ". Received " + count + "; give more beams, or a temperature.");
        }
        if (draw) return writeAll(Collections.nCopies(count, prompt), options, text);
        var sequences = Stream.generate(() -> sequence(prompt, options, options.seed(),
                text ? output(prompt, options, _ -> {}) : null)).limit(count).toList();
        write(List.of(prompt), sequences, options);
        return sequences;
    }

    /** The tokens after a prompt, without the one that ended them. */
    public long[] generate(long[] prompt, Generation options) {
        return generateIds(List.of(prompt), options).getFirst();
    }

    /** The tokens after each of the prompts, which are read as one batch. */
    public List<long[]> generateIds(List<long[]> prompts, Generation options) {
        return writeAll(prompts, options, !options.stop().isEmpty()).stream().map(Sequence::ids).toList();
    }

    /** An empty batch, which texts join and leave at any token: for servers. */
    public ContinuousBatch batch() { return batch(ContinuousBatch.Limits.DEFAULT); }

    /** The same within other limits. */
    public ContinuousBatch batch(ContinuousBatch.Limits limits) { return new ContinuousBatch(this, model, limits); }

    /** Null without guesses. */
    Guesser guesser() { return guesser; }

    int guesses() { return guesses; }

    /** A text for a {@link ContinuousBatch}, as {@link #generate(long[], Generation, Consumer)} would write it. */
    Sequence begin(long[] prompt, Generation options, Consumer<String> out) {
        return sequence(prompt, options, options.seed(), output(prompt, options, out));
    }

    /** The tokens of a prompt; of an empty one the token that begins texts, if there is one. */
    public long[] encode(String prompt) {
        long[] ids = codec.encode(prompt);
        if (ids.length > 0 || !(codec instanceof Tokenizer tokenizer)) return ids;
        var bos = config.bos().isPresent() ? config.bos() : tokenizer.specialTokens().bos();
        return bos.stream().toArray(); // begin a text of one's own
    }

    private List<Sequence> writeAll(List<long[]> prompts, Generation options, boolean text) {
        var sequences = new ArrayList<Sequence>();
        for (int i = 0; i < prompts.size(); i++) {
            long[] prompt = prompts.get(i);
            long equal = prompts.subList(0, i).stream().filter(before -> Arrays.equals(before, prompt)).count();
            sequences.add(sequence(prompt, options, options.seed() + equal,
                    text ? output(prompt, options, _ -> {}) : null));
        }
        if (!prompts.isEmpty()) write(prompts, sequences, options);
        return sequences;
    }

    private Sequence sequence(long[] prompt, Generation options, long seed, TextOutput output) {
        var own = own(before(prompt), options);
        return new Sequence(before(prompt), ends(own), own, processor(own), seed, output);
    }

    /** The options for one prompt, whose length may count. */
    private Generation own(long[] before, Generation options) {
        return options.maxTokens(config.maxTokens(options, before.length));
    }

    private TextOutput output(long[] prompt, Generation options, Consumer<String> out) {
        return new TextOutput(codec, model.firstToken().isEmpty() ? prompt : new long[0], options.stop(), out);
    }

    /** What stands before the text, and counts as written. */
    private long[] before(long[] prompt) {
        return model.firstToken().isEmpty() ? prompt : new long[] {model.firstToken().getAsLong()};
    }

    private Set<Long> ends(Generation options) {
        var all = new HashSet<>(options.stopIds());
        all.addAll(config.eosIds());
        return all;
    }

    private void write(List<long[]> prompts, List<Sequence> sequences, Generation options) {
        if (guesser != null && options.beams() == 1 && model.room() > 0) {
            if (sequences.size() == 1) guess(prompts.getFirst(), sequences.getFirst());
            else guessTogether(prompts, sequences);
            return;
        }
        var before = prompts.stream().map(this::before).toList();
        int most = before.stream().mapToInt(prompt -> own(prompt, options).maxTokens()).max().orElseThrow();
        try (var _ = Torch.noGrad(); var rows = new Rows(model, prompts, most)) {
            if (options.beams() == 1) {
                Sampling.run(rows, sequences);
                return;
            }
            var texts = BeamSearch.run(rows, before, ends(options), prompt -> own(prompt, options), this::processor);
            int each = sequences.size() / prompts.size();
            for (int i = 0; i < sequences.size(); i++) {
                var best = texts.get(i / each);
                if (i % each < best.size()) sequences.get(i).take(best.get(i % each));
            }
        }
    }

    private void guess(long[] prompt, Sequence sequence) {
        Rows.expectTokens(List.of(prompt));
        try (var _ = Torch.noGrad();
                var decoding = model.begin(List.of(prompt), sequence.options().maxTokens() - 1)) {
            Speculation.run(decoding, before(prompt), sequence, guesser, guesses);
        }
    }

    private void guessTogether(List<long[]> prompts, List<Sequence> sequences) {
        try (var batch = batch()) {
            for (int i = 0; i < prompts.size(); i++) batch.add(prompts.get(i), sequences.get(i));
            while (batch.size() > 0) {
                for (var text : batch.step()) if (text.error() != null) throw text.error();
            }
        }
    }

    private LogitsProcessor processor(Generation own) {
        return first.then(config.processor(own.maxTokens())).then(LogitsProcessor.of(own))
                .then(last.within(ends(own), own.maxTokens()));
    }
}
