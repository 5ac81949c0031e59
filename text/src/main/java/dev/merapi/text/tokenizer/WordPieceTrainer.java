package dev.merapi.text.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Trains a WordPiece vocabulary for BERT's tokenizer. It grows as Hugging Face's {@code WordPieceTrainer} makes it
 * grow, by merging the most frequent pair as BPE does, not by likelihood as the original (Schuster and Nakajima 2012),
 * whose program was never published. Letters inside a word, such as {@code ##a}, get their ids in the order of the
 * letters; Hugging Face's order changes from run to run.
 *
 * @param vocabSize tokens in all: special ones, letters, letters inside words, and merges until it is reached
 * @param minFrequency pairs that are rarer are not merged
 * @param specialTokens they get the first ids; [UNK], [CLS] and [SEP] must be among them
 * @param lowerCase whether upper case and accents are dropped, in training and later
 * @param limitAlphabet different letters; words with rarer ones become [UNK]
 * @param progress is told the size that the vocabulary has reached
 */
public record WordPieceTrainer(int vocabSize, long minFrequency, List<String> specialTokens, boolean lowerCase,
        int limitAlphabet, LongConsumer progress) {
    private static final String PREFIX = "##";

    public WordPieceTrainer {
        specialTokens = List.copyOf(specialTokens);
        if (vocabSize <= specialTokens.size()) {
            throw new IllegalArgumentException("WordPieceTrainer.vocabSize: expected more than the "
                    + specialTokens.size() + " special tokens. Received " + vocabSize + ".");
        }
        if (!specialTokens.containsAll(List.of("[UNK]", "[CLS]", "[SEP]"))) {
            throw new IllegalArgumentException("WordPieceTrainer.specialTokens: expected [UNK], [CLS] and [SEP] among"
                    + " them. Received " + specialTokens + ".");
        }
    }

    /** Pairs from 2 occurrences, BERT's five special tokens, lower case, at most 1000 letters. */
    public static WordPieceTrainer of(int vocabSize) {
        return new WordPieceTrainer(vocabSize, 2, List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"), true, 1000,
                _ -> {});
    }

    /** The same that merges no pair that is rarer. */
    public WordPieceTrainer minFrequency(long count) {
        return new WordPieceTrainer(vocabSize, count, specialTokens, lowerCase, limitAlphabet, progress);
    }

    /** The same with other special tokens: [UNK], [CLS] and [SEP] among them. */
    public WordPieceTrainer specialTokens(String... tokens) {
        return new WordPieceTrainer(vocabSize, minFrequency, List.of(tokens), lowerCase, limitAlphabet, progress);
    }

    /** Keeps upper case and accents. */
    public WordPieceTrainer cased() {
        return new WordPieceTrainer(vocabSize, minFrequency, specialTokens, false, limitAlphabet, progress);
    }

    /** The same with at most so many different letters. */
    public WordPieceTrainer limitAlphabet(int count) {
        return new WordPieceTrainer(vocabSize, minFrequency, specialTokens, lowerCase, count, progress);
    }

    /** The same that tells a listener the size which the vocabulary has reached. */
    public WordPieceTrainer progress(LongConsumer listener) {
        return new WordPieceTrainer(vocabSize, minFrequency, specialTokens, lowerCase, limitAlphabet, listener);
    }

    /**
     * Trains on texts, each read once; only their different words are kept.
     *
     * @throws IllegalArgumentException if there is no text in them
     */
    public Tokenizer train(Stream<String> texts) {
        var counts = new WordCounts();
        texts.forEachOrdered(text -> BertWords.split(text, lowerCase, counts::add));
        var words = counts.words();
        if (words.length == 0) {
            throw new IllegalArgumentException("WordPieceTrainer.train: expected texts. Received none.");
        }
        var letters = letters(words, counts.times());
        var spelt = Arrays.stream(words).map(word -> spell(word, letters)).toList();
        var inside = new TreeSet<String>();
        spelt.forEach(word -> word.stream().filter(letter -> letter.startsWith(PREFIX)).forEach(inside::add));

        var merger = new PairMerger(PREFIX);
        specialTokens.forEach(merger::add);
        letters.forEach(merger::add);
        inside.forEach(merger::add);
        var symbols = spelt.stream().map(word -> word.stream().mapToInt(merger::add).toArray()).toArray(int[][]::new);
        merger.run(symbols, counts.times(), vocabSize, minFrequency, progress);
        var config = SpecialTokenNames.config(specialTokens).put("do_lower_case", lowerCase);
        return Tokenizer.of(TokenizerJson.bert(merger.tokens(), config), config);
    }

    /** The most frequent letters, sorted. */
    private TreeSet<String> letters(String[] words, long[] times) {
        var counts = new HashMap<String, Long>();
        for (int i = 0; i < words.length; i++) {
            long count = times[i];
            words[i].codePoints().forEach(c -> counts.merge(Character.toString(c), count, Long::sum));
        }
        var letters = new TreeSet<>(Comparator.comparingInt((String letter) -> letter.codePointAt(0)));
        counts.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed()
                .thenComparing(Map.Entry.comparingByKey())).limit(limitAlphabet).forEach(e -> letters.add(e.getKey()));
        return letters;
    }

    /** A word's letters, those but the first with the prefix, without the unknown ones. */
    private static List<String> spell(String word, TreeSet<String> letters) {
        var spelt = new ArrayList<String>();
        for (int i = 0; i < word.length(); i = word.offsetByCodePoints(i, 1)) {
            var letter = Character.toString(word.codePointAt(i));
            if (letters.contains(letter)) spelt.add(i == 0 ? letter : PREFIX + letter);
        }
        return spelt;
    }
}
