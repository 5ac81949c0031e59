package dev.merapi.text.generate;

import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.LogitsProcessor.Written;
import java.util.Arrays;
import java.util.List;

/**
 * Which tokens a model's own settings rule out or force; their names are transformers'.
 *
 * @param minLength tokens with the prompt before a text may end
 * @param minNewTokens tokens before a text may end
 * @param suppress never written
 * @param beginSuppress not written first
 * @param forcedFirst what a text begins with that has no prompt but the token that begins it
 * @param forcedLast what the last possible token is
 * @param badWords sequences that are not written
 */
record GenerationRules(int minLength, int minNewTokens, List<Long> suppress, List<Long> beginSuppress,
        List<Long> forcedFirst, List<Long> forcedLast, List<long[]> badWords) {
    static final GenerationRules NONE = new GenerationRules(0, 0, List.of(), List.of(), List.of(), List.of(),
            List.of());

    /** @param ends tokens that end a text */
    LogitsProcessor processor(List<Long> ends, int maxTokens) {
        if (equals(NONE)) return LogitsProcessor.NONE;
        return (written, logits) -> apply(written, logits, ends, maxTokens);
    }

    private Tensor apply(Written written, Tensor logits, List<Long> ends, int maxTokens) {
        int prompt = written.prompt().length;
        int now = written.text().length;
        boolean first = prompt + now == 1 && !forcedFirst.isEmpty();
        if (first) return Masks.only(logits, forcedFirst);
        if (now == maxTokens - 1 && !forcedLast.isEmpty()) return Masks.only(logits, forcedLast);
        Tensor left = Masks.without(logits, ids(suppress));
        if (now == (prompt == 1 && !forcedFirst.isEmpty() ? 1 : 0)) left = Masks.without(left, ids(beginSuppress));
        if (now < minNewTokens || prompt + now < minLength) left = Masks.without(left, ids(ends));
        return Masks.without(left, ends(written.ids(), ends));
    }

    private static long[] ids(List<Long> ids) { return ids.stream().mapToLong(id -> id).toArray(); }

    /** What would end a bad word. */
    private long[] ends(long[] ids, List<Long> ends) {
        return badWords.stream().filter(word -> {
            int before = word.length - 1;
            if (before == 0) return !ends.contains(word[0]);
            return before <= ids.length && Arrays.equals(word, 0, before, ids, ids.length - before, ids.length);
        }).mapToLong(word -> word[word.length - 1]).distinct().toArray();
    }
}
