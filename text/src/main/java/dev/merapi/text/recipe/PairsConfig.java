package dev.merapi.text.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Expect;

/**
 * Settings of a Transformer with encoder and decoder. Training is by Adam; the learning rate rises in a line and falls
 * along a cosine. A table is .csv, .tsv or .jsonl; the files of a folder are raw or gzipped, a text on each line.
 */
public record PairsConfig(
        @Describe("table, or folder of train.<from>, train.<to>, val.<from>, val.<to> or of tables") String data,
        @Describe("ending of the files, or tables' column, with the texts to start from") String from,
        @Describe("that with the texts to arrive at") String to,
        @Describe("part of the folder, or table, to measure with; empty: val, a tenth of a table") String test,
        @Describe("most tokens of a BPE that both sides share") int vocabSize,
        @Describe("of all vectors") int width,
        @Describe("of attention") int heads,
        @Describe("size between the two products of the feed-forward nets") int hidden,
        @Describe("of the encoder, and of the decoder") int layers,
        @Describe("everywhere") double dropout,
        @Describe("the share of each target that is spread over all tokens") double labelSmoothing,
        @Describe("most tokens of a text; what is longer loses its end") int maxLength,
        @Describe("passes over the training pairs") int epochs,
        @Describe("pairs in a step") int batchSize,
        @Describe("at the top") double learningRate,
        @Describe("steps until then") int warmup,
        @Describe("of the first weights, the order and dropout") long seed) {
    public PairsConfig {
        Expect.atLeast("vocab_size", 300, vocabSize);
        Expect.atLeast("layers", 1, layers);
        Expect.fraction("dropout", dropout);
        Expect.fraction("label_smoothing", labelSmoothing);
        Expect.atLeast("max_length", 3, maxLength);
        Expect.atLeast("epochs", 1, epochs);
        Expect.atLeast("batch_size", 1, batchSize);
        Expect.positive("learning_rate", learningRate);
        Expect.atLeast("warmup", 0, warmup);
    }

    /** 3 + 3 layers of 256, for some ten thousand pairs. */
    static PairsConfig small(String from, String to) {
        return new PairsConfig("", from, to, "", 8000, 256, 4, 1024, 3, 0.1, 0.1, 128, 8, 64, 1e-3, 400, 1337);
    }

    PairSource source() { return new PairSource(data, new Column("from", from), new Column("to", to), test, seed); }
}
