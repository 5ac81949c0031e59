package dev.merapi.text.pipeline;

import dev.merapi.recipe.Writer;
import dev.merapi.tensor.Device;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.model.seq2seq.EncoderDecoder;
import dev.merapi.text.model.t5.T5;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Makes other texts of texts: translations, summaries. */
public final class TextRewriter implements Writer<Generation> {
    private static final int BATCH = 64; // texts that are read together
    private static final Generation BEAMS = Generation.DEFAULT.beams(4);

    private final EncoderDecoder model;
    private final Tokenizer tokenizer;
    private final Generator generator;
    private final boolean owner; // of both, to close them

    /**
     * Over a model and a tokenizer that stay the caller's to close.
     *
     * @param tokenizer of source and target
     */
    public TextRewriter(EncoderDecoder model, Tokenizer tokenizer) { this(model, tokenizer, false); }

    private TextRewriter(EncoderDecoder model, Tokenizer tokenizer, boolean owner) {
        this.owner = owner;
        this.model = model;
        this.tokenizer = tokenizer;
        generator = new Generator(model, tokenizer, model.eos());
    }

    /** Opens the folder of a T5; throws as {@link T5#load} and {@link Tokenizer#open}. */
    public static TextRewriter open(Path folder) {
        var tokenizer = Tokenizer.open(folder);
        var model = T5.load(folder);
        tokenizer.expectVocab(model.config().vocabSize());
        return new TextRewriter(model, tokenizer, true);
    }

    /**
     * What becomes of a text; by a beam search of four, if settings are {@link #settings}.
     *
     * @throws IllegalArgumentException if the text is empty, and as {@link Generator}
     */
    public String rewrite(String text, Generation options) { return generator.generate(expect(text), options); }

    private static String expect(String text) {
        if (!text.isBlank()) return text;
        throw new IllegalArgumentException("TextRewriter: expected a text. Received an empty one.");
    }

    /** What becomes of each text; some are read together. */
    public List<String> rewriteAll(List<String> texts, Generation options) {
        var written = new ArrayList<String>();
        for (int from = 0; from < texts.size(); from += BATCH) {
            written.addAll(generator.generateAll(texts.subList(from, Math.min(from + BATCH, texts.size())), options));
        }
        return written;
    }

    @Override public Generation settings() { return BEAMS; }

    @Override public void write(String text, Generation options, Consumer<String> out) {
        generator.generate(expect(text), options, out);
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
