package dev.merapi.text.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Trains a byte-level BPE as GPT-2's (Radford et al. 2019): it knows every text, for its letters are bytes. The result
 * is that of Hugging Face's {@code BpeTrainer} with a {@code ByteLevel} pre-tokenizer.
 *
 * <pre>{@code
 * try (var lines = Files.lines(corpus)) {
 *     var tokenizer = BpeTrainer.of(8_000).train(lines);
 * }
 * }</pre>
 *
 * @param vocabSize tokens in all: special ones, letters, and merges until it is reached
 * @param minFrequency pairs that are rarer are not merged
 * @param specialTokens they get the first ids
 * @param allBytes whether all 256 bytes are letters, or those in the texts alone
 * @param progress is told the size that the vocabulary has reached
 */
public record BpeTrainer(int vocabSize, long minFrequency, List<String> specialTokens, boolean allBytes,
        LongConsumer progress) {
    public BpeTrainer {
        specialTokens = List.copyOf(specialTokens);
        int least = specialTokens.size() + (allBytes ? 256 : 1);
        if (vocabSize < least) {
            throw new IllegalArgumentException("BpeTrainer.vocabSize: expected at least " + least
                    + ", for special tokens and letters. Received " + vocabSize + ".");
        }
    }

    /** Pairs from 2 occurrences, all bytes, and the special token {@code <|endoftext|>}. */
    public static BpeTrainer of(int vocabSize) {
        return new BpeTrainer(vocabSize, 2, List.of("<|endoftext|>"), true, _ -> {});
    }

    /** The same that merges no pair that is rarer. */
    public BpeTrainer minFrequency(long count) {
        return new BpeTrainer(vocabSize, count, specialTokens, allBytes, progress);
    }

    /** The same with other special tokens, which get the first ids. */
    public BpeTrainer specialTokens(String... tokens) {
        return new BpeTrainer(vocabSize, minFrequency, List.of(tokens), allBytes, progress);
    }

    /** Only bytes that are in the texts: a text with others loses them. */
    public BpeTrainer seenBytes() { return new BpeTrainer(vocabSize, minFrequency, specialTokens, false, progress); }

    /** The same that tells a listener the size which the vocabulary has reached. */
    public BpeTrainer progress(LongConsumer listener) {
        return new BpeTrainer(vocabSize, minFrequency, specialTokens, allBytes, listener);
    }

    /**
     * Trains on texts, each read once; only their different words are kept.
     *
     * @throws IllegalArgumentException if there is no text in them
     */
    public Tokenizer train(Stream<String> texts) {
        var counts = new WordCounts();
        texts.forEachOrdered(text -> ByteLevel.split(text, counts::add));
        var words = Arrays.stream(counts.words()).map(ByteLevel::signs).toArray(String[]::new);
        if (words.length == 0) throw new IllegalArgumentException("BpeTrainer.train: expected texts. Received none.");
        var letters = new TreeSet<String>(allBytes ? ByteLevel.alphabet() : List.of());
        for (var word : words) word.chars().mapToObj(Character::toString).forEach(letters::add);

        var merger = new PairMerger("");
        specialTokens.forEach(merger::add);
        letters.forEach(merger::add);
        var symbols = Arrays.stream(words).map(word -> word.chars().mapToObj(Character::toString)
                .mapToInt(merger::add).toArray()).toArray(int[][]::new);
        merger.run(symbols, counts.times(), vocabSize, minFrequency, progress);
        return tokenizer(merger);
    }

    private Tokenizer tokenizer(PairMerger merger) {
        var tokens = merger.tokens();
        var ids = TokenizerFiles.JSON.createObjectNode();
        for (int id = 0; id < tokens.size(); id++) ids.put(tokens.get(id), id);
        var merges = merger.merges().stream().map(m -> tokens.get(m.left()) + " " + tokens.get(m.right())).toList();
        var config = SpecialTokenNames.config(specialTokens);
        return Tokenizer.of(TokenizerJson.byteLevelBpe(ids, merges, config), config);
    }
}
