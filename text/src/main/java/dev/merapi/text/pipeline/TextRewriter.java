package dev.merapi.text.pipeline;

import dev.merapi.recipe.Writer;
import dev.merapi.tensor.Device;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.GenerationConfig;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.model.seq2seq.EncoderDecoder;
import dev.merapi.text.model.t5.T5;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Makes other texts of texts: translations, summaries. */
public final class TextRewriter implements Writer<Generation> {
    private static final int BATCH = 64; // texts that are read together
    private static final Generation BEAMS = Generation.DEFAULT.beams(4);

    private final EncoderDecoder model;
    private final Tokenizer tokenizer;
    private final EncodeOptions options;
    private final Generation settings;
    private final Generator generator;
    private final boolean owner; // of both, to close them

    /**
     * Over a model and a tokenizer that stay the caller's to close.
     *
     * @param tokenizer of source and target
     */
    public TextRewriter(EncoderDecoder model, Tokenizer tokenizer) {
        this(model, tokenizer, false, BEAMS, new Generator(model, tokenizer, model.eos()));
    }

    private TextRewriter(EncoderDecoder model, Tokenizer tokenizer, boolean owner, Generation settings,
            Generator generator) {
        this.owner = owner;
        this.model = model;
        this.tokenizer = tokenizer;
        this.settings = settings;
        this.generator = generator;
        boolean endless = model.context() == Integer.MAX_VALUE;
        options = endless ? EncodeOptions.DEFAULT : EncodeOptions.DEFAULT.maxLength(model.context());
    }

    /**
     * Opens the folder of a T5, which writes as its {@link GenerationConfig} says, if it has one; throws as
     * {@link T5#load}, {@link Tokenizer#open} and {@link GenerationConfig#open}.
     */
    public static TextRewriter open(Path folder) {
        var tokenizer = Tokenizer.open(folder);
        var model = T5.load(folder);
        tokenizer.expectVocab(model.config().vocabSize());
        var writing = GenerationConfig.open(folder, BEAMS, model.eos());
        return new TextRewriter(model, tokenizer, true, writing.options(), new Generator(model, tokenizer, writing));
    }

    /**
     * What the model reads of each text: its tokens with the tokenizer's special ones, the end of a long text cut off.
     * Train it on sources made by this too.
     */
    public List<long[]> encode(List<String> texts) { return tokenizer.encodeAll(texts, options); }

    /** What becomes of a text; by a beam search of four, if settings are {@link #settings}. Of a blank one, nothing. */
    public String rewrite(String text, Generation options) { return rewriteAll(List.of(text), options).getFirst(); }

    /** What becomes of each text; some are read together. */
    public List<String> rewriteAll(List<String> texts, Generation options) {
        var written = new ArrayList<>(Collections.nCopies(texts.size(), ""));
        int[] said = IntStream.range(0, texts.size()).filter(i -> !texts.get(i).isBlank()).toArray();
        for (int from = 0; from < said.length; from += BATCH) {
            int[] some = Arrays.copyOfRange(said, from, Math.min(from + BATCH, said.length));
            var sources = encode(Arrays.stream(some).mapToObj(texts::get).toList());
            var batch = generator.generateTexts(sources, options);
            for (int i = 0; i < some.length; i++) written.set(some[i], batch.get(i));
        }
        return written;
    }

    @Override public Generation settings() { return settings; }

    /** As {@link #rewriteAll}. */
    @Override public List<String> writeAll(List<String> texts, Generation options) {
        return rewriteAll(texts, options);
    }

    @Override public void write(String text, Generation options, Consumer<String> out) {
        if (!text.isBlank()) generator.generate(encode(List.of(text)).getFirst(), options, out);
    }

    /** Moves the model; inputs follow it. */
    public TextRewriter to(Device device) {
        model.to(device);
        return this;
    }

    @Override public void close() {
        if (!owner) return;
        model.close();
        tokenizer.close();
    }
}
