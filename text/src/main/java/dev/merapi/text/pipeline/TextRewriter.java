package dev.merapi.text.pipeline;

import dev.merapi.recipe.Writer;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Generative;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.tokenizer.TextCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Makes other texts of texts: translations, summaries. Closing it frees nothing: model and tokenizer are others'. */
public final class TextRewriter implements Writer<Generation> {
    private static final int BATCH = 64; // texts that are read together
    private static final Generation BEAMS = Generation.DEFAULT.beams(4);

    private final Generator generator;

    /**
     * @param model with encoder and decoder
     * @param ends tokens that end a text
     */
    public TextRewriter(Generative model, TextCodec codec, long... ends) {
        generator = new Generator(model, codec, ends);
    }

    /** What becomes of a text; by a beam search of four, if settings are {@link #settings}. */
    public String rewrite(String text, Generation options) { return generator.generate(text, options); }

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
        generator.generate(text, options, out);
    }
}
