package dev.merapi.text.model.seq2seq;

import dev.merapi.tensor.Expect;

/**
 * The sizes of a {@link Seq2SeqTransformer}; start from {@link #small} or {@link #base}.
 *
 * @param vocabSize rows of the sources' embedding
 * @param targetVocabSize rows of the targets'
 * @param tying which of the embeddings and the last layer are one
 * @param width of all vectors
 * @param hidden size between the two products of the feed-forward nets
 * @param dropout of embeddings, attention weights, and what is added to the residual path
 * @param preNorm whether norms stand before each part, which trains without a long warm-up, or after, as in the paper
 * @param maxLength most tokens of a source, and of a target
 * @param bos the token that begins a target
 * @param eos the token that ends it
 */
public record Seq2SeqConfig(int vocabSize, int targetVocabSize, Tying tying, int width, int heads, int hidden,
        int encoderLayers, int decoderLayers, double dropout, boolean preNorm, int maxLength, long bos, long eos) {
    /** What is one (Press and Wolf 2017, arXiv:1608.05859). */
    public enum Tying {
        /** The embeddings of both sides and the last layer. */
        ALL,
        /** The targets' embedding and the last layer. */
        OUTPUT,
        /** Nothing. */
        NONE
    }

    public Seq2SeqConfig {
        Expect.atLeast("Seq2SeqConfig.vocabSize", 1, Math.min(vocabSize, targetVocabSize));
        Expect.that(tying != Tying.ALL || vocabSize == targetVocabSize, "Seq2SeqConfig.tying",
                "one vocabulary, as all is tied", vocabSize + " and " + targetVocabSize);
        Expect.that(width > 0 && width % 2 == 0, "Seq2SeqConfig.width", "an even number above 0", width);
        Expect.that(heads > 0 && width % heads == 0, "Seq2SeqConfig.heads", "heads that divide the width " + width,
                heads);
        Expect.that(encoderLayers > 0 && decoderLayers > 0, "Seq2SeqConfig.layers", "at least 1 each", encoderLayers
                + " and " + decoderLayers);
        Expect.atLeast("Seq2SeqConfig.maxLength", 1, maxLength);
        Expect.that(bos >= 0 && bos < targetVocabSize, "Seq2SeqConfig.bos", "an id of the vocabulary", bos);
        Expect.that(eos >= 0 && eos < targetVocabSize, "Seq2SeqConfig.eos", "an id of the vocabulary", eos);
    }

    /** One vocabulary, and one embedding for sources, targets and the last layer, as in the paper. */
    public Seq2SeqConfig(int vocabSize, int width, int heads, int hidden, int encoderLayers, int decoderLayers,
            double dropout, boolean preNorm, int maxLength, long bos, long eos) {
        this(vocabSize, vocabSize, Tying.ALL, width, heads, hidden, encoderLayers, decoderLayers, dropout, preNorm,
                maxLength, bos, eos);
    }

    /** 3 + 3 layers of 256, for some ten thousand pairs. */
    public static Seq2SeqConfig small(int vocabSize, long bos, long eos) {
        return new Seq2SeqConfig(vocabSize, 256, 4, 1024, 3, 3, 0.1, true, 256, bos, eos);
    }

    /** The paper's base model: 6 + 6 layers of 512. */
    public static Seq2SeqConfig base(int vocabSize, long bos, long eos) {
        return new Seq2SeqConfig(vocabSize, 512, 8, 2048, 6, 6, 0.1, false, 512, bos, eos);
    }

    /** Two vocabularies; at most the last layer is tied then. */
    public Seq2SeqConfig vocabularies(int source, int target, Tying kind) {
        return new Seq2SeqConfig(source, target, kind, width, heads, hidden, encoderLayers, decoderLayers, dropout,
                preNorm, maxLength, bos, eos);
    }
}
