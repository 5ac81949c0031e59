package dev.merapi.text.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Training of byte-pair encoding (Sennrich et al. 2016): the most frequent pair of neighbours becomes a symbol, again
 * and again. Counts are kept up to date word by word, and pairs wait in a heap whose counts may be too high: one
 * that comes up is put back with its true count. Among equal counts the pair of lower ids is first. All of it as in
 * Hugging Face's trainers, so that vocabularies are the same.
 */
final class PairMerger {
    /** Two neighbouring symbols, and what they become. */
    record Merge(int left, int right) {}

    /** A pair as it was when it was put into the heap. */
    private record Waiting(long pair, long count, Set<Integer> words) implements Comparable<Waiting> {
        @Override public int compareTo(Waiting other) {
            int byCount = Long.compare(other.count, count);
            return byCount != 0 ? byCount : Long.compare(pair, other.pair);
        }
    }

    private final String prefix;
    private final List<String> tokens = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<Merge> merges = new ArrayList<>();
    private final Map<Long, Long> counts = new HashMap<>();
    private final Map<Long, Set<Integer>> grown = new HashMap<>(); // pairs that became more frequent, and where
    private final PriorityQueue<Waiting> heap = new PriorityQueue<>();

    /** @param prefix what tokens inside a word begin with, and lose when they are joined to what is before */
    PairMerger(String prefix) { this.prefix = prefix; }

    /** The vocabulary by id. */
    List<String> tokens() { return tokens; }

    List<Merge> merges() { return merges; }

    /** The id of a token, which is added if it is not there. */
    int add(String token) {
        return ids.computeIfAbsent(token, t -> {
            tokens.add(t);
            return tokens.size() - 1;
        });
    }

    /**
     * Merges until the vocabulary is full or no pair is frequent enough.
     *
     * @param words ids of the letters of each word; changed
     * @param times how often each word was there
     * @param progress is told the size of the vocabulary
     */
    void run(int[][] words, long[] times, int vocabSize, long minFrequency, LongConsumer progress) {
        for (int word = 0; word < words.length; word++) {
            for (int i = 0; i + 1 < words[word].length; i++) {
                change(pair(words[word][i], words[word][i + 1]), times[word], word);
            }
        }
        enqueueGrown();
        while (tokens.size() < vocabSize && !heap.isEmpty()) {
            var top = heap.poll();
            long count = counts.get(top.pair);
            if (count != top.count) {
                if (count > 0) heap.add(new Waiting(top.pair, count, top.words));
                continue;
            }
            if (count < Math.max(1, minFrequency)) break;
            int left = (int) (top.pair >>> 32), right = (int) top.pair;
            int whole = add(tokens.get(left) + withoutPrefix(tokens.get(right)));
            merges.add(new Merge(left, right));
            for (int word : top.words) words[word] = merge(words[word], left, right, whole, times[word], word);
            enqueueGrown();
            progress.accept(tokens.size());
        }
    }

    private int[] merge(int[] word, int left, int right, int whole, long times, int index) {
        var merged = new int[word.length];
        int length = 0;
        for (int i = 0; i < word.length; i++) {
            boolean found = word[i] == left && i + 1 < word.length && word[i + 1] == right;
            if (!found) {
                merged[length++] = word[i];
                continue;
            }
            if (length > 0) {
                change(pair(merged[length - 1], left), -times, index);
                change(pair(merged[length - 1], whole), times, index);
            }
            if (i + 2 < word.length) {
                change(pair(right, word[i + 2]), -times, index);
                change(pair(whole, word[i + 2]), times, index);
            }
            merged[length++] = whole;
            i++;
        }
        return length == word.length ? word : Arrays.copyOf(merged, length);
    }

    private void change(long pair, long by, int word) {
        counts.merge(pair, by, Long::sum);
        if (by > 0) grown.computeIfAbsent(pair, _ -> new HashSet<>()).add(word);
    }

    private void enqueueGrown() {
        grown.forEach((pair, words) -> {
            long count = counts.get(pair);
            if (count > 0) heap.add(new Waiting(pair, count, words));
        });
        grown.clear();
    }

    private String withoutPrefix(String token) {
        return token.startsWith(prefix) ? token.substring(prefix.length()) : token;
    }

    private static long pair(int left, int right) { return (long) left << 32 | right; }
}
