package dev.merapi.text.recipe;

/**
 * Settings of a Transformer with encoder and decoder. Training is by Adam; the learning rate rises in a line and falls
 * along a cosine.
 *
 * @param data table (.csv, .tsv, .jsonl), or folder with {@code train.<from>}, {@code train.<to>} and the same for the
 *     test part, raw or gzipped, with a text on each line; or with a train and a test table
 * @param from ending of the files, or name of the tables' column, with the texts to start from, such as {@code de}
 * @param to that with the texts to arrive at
 * @param test what to measure with: a part of the folder, or a table; empty for {@code val}, or for a tenth of a table
 *     that is held out
 * @param vocabSize most tokens of a BPE that both sides share
 * @param width of all vectors
 * @param heads of attention
 * @param hidden size between the two products of the feed-forward nets
 * @param layers of the encoder, and of the decoder
 * @param dropout everywhere
 * @param labelSmoothing the share of each target that is spread over all tokens
 * @param maxLength most tokens of a text; what is longer loses its end
 * @param epochs passes over the training pairs
 * @param batchSize pairs in a step
 * @param learningRate at the top
 * @param warmup steps until then
 * @param seed of the first weights, the order and dropout
 */
public record PairsConfig(String data, String from, String to, String test, int vocabSize, int width, int heads,
        int hidden, int layers, double dropout, double labelSmoothing, int maxLength, int epochs, int batchSize,
        double learningRate, int warmup, long seed) {
    public PairsConfig {
        Settings.atLeast("vocab_size", 300, vocabSize);
        Settings.atLeast("layers", 1, layers);
        Settings.probability("dropout", dropout);
        Settings.probability("label_smoothing", labelSmoothing);
        Settings.atLeast("max_length", 3, maxLength);
        Settings.atLeast("epochs", 1, epochs);
        Settings.atLeast("batch_size", 1, batchSize);
        Settings.positive("learning_rate", learningRate);
        Settings.atLeast("warmup", 0, warmup);
    }

    /** 3 + 3 layers of 256, for some ten thousand pairs. */
    static PairsConfig small(String from, String to) {
        return new PairsConfig("", from, to, "", 8000, 256, 4, 1024, 3, 0.1, 0.1, 128, 8, 64, 1e-3, 400, 1337);
    }

    PairSource source() { return new PairSource(data, from, to, test, seed); }
}
