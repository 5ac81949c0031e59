package dev.merapi.text.model.seq2seq;

/**
 * The sizes of a {@link Seq2SeqTransformer}. Source and target share one vocabulary and one embedding, which is the
 * last layer too, as in the paper.
 *
 * @param vocabSize rows of the embedding
 * @param width of all vectors
 * @param hidden size between the two products of the feed-forward nets
 * @param dropout of embeddings, attention weights, and what is added to the residual path
 * @param preNorm whether norms stand before each part, which trains without a long warm-up, or after, as in the paper
 * @param maxLength most tokens of a source, and of a target
 * @param bos the token that begins a target
 * @param eos the token that ends it
 */
public record Seq2SeqConfig(int vocabSize, int width, int heads, int hidden, int encoderLayers, int decoderLayers,
        double dropout, boolean preNorm, int maxLength, long bos, long eos) {
    public Seq2SeqConfig {
        check("vocabSize", vocabSize > 0, "at least 1", vocabSize);
        check("width", width > 0 && width % 2 == 0, "an even number above 0", width);
        check("heads", heads > 0 && width % heads == 0, "heads that divide the width " + width, heads);
        check("layers", encoderLayers > 0 && decoderLayers > 0, "at least 1 each",
                encoderLayers + " and " + decoderLayers);
        check("maxLength", maxLength > 0, "at least 1", maxLength);
        check("bos", bos >= 0 && bos < vocabSize, "an id of the vocabulary", bos);
        check("eos", eos >= 0 && eos < vocabSize, "an id of the vocabulary", eos);
    }

    /** 3 + 3 layers of 256, for some ten thousand pairs. */
    public static Seq2SeqConfig small(int vocabSize, long bos, long eos) {
        return new Seq2SeqConfig(vocabSize, 256, 4, 1024, 3, 3, 0.1, true, 256, bos, eos);
    }

    /** The paper's base model: 6 + 6 layers of 512. */
    public static Seq2SeqConfig base(int vocabSize, long bos, long eos) {
        return new Seq2SeqConfig(vocabSize, 512, 8, 2048, 6, 6, 0.1, false, 512, bos, eos);
    }

    private static void check(String setting, boolean ok, String expected, Object received) {
        if (ok) return;
        throw new IllegalArgumentException("Seq2SeqConfig." + setting + ": expected " + expected + ". Received "
                + received);
    }
}
