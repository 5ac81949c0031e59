package dev.merapi.text.model.seq2seq;

import dev.merapi.data.Collate;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Pairs, filled up to the longest source and the longest target.
 *
 * @param source ids (B, S), int64
 * @param lengths of the sources (B), int64
 * @param decoderIds what the decoder reads (B, T), int64: the token that begins, then the target
 * @param labels what it should write (B, T), int64: the target, then the token that ends; -100 behind it
 */
public record PairBatch(Tensor source, Tensor lengths, Tensor decoderIds, Tensor labels) {
    private static final long NOTHING = -100; // no loss there

    /** Batches of pairs for a model of these settings; what is too long for it is cut. */
    public static Collate<Pair, PairBatch> collate(Seq2SeqConfig config) {
        return collate(config.maxLength(), config.bos(), config.eos());
    }

    /** Batches of pairs for a model; what is too long for it is cut. */
    public static Collate<Pair, PairBatch> collate(EncoderDecoder model) {
        return collate(model.context(), model.bos(), model.eos());
    }

    private static Collate<Pair, PairBatch> collate(int context, long bos, long eos) {
        return pairs -> {
            var cut = pairs.stream().map(pair -> pair.cut(context, context - 1)).toList();
            var sources = cut.stream().map(Pair::source).toList();
            var targets = cut.stream().map(Pair::target).toList();
            return new PairBatch(fill(sources, eos),
                    Tensor.of(sources.stream().mapToLong(source -> source.length).toArray()),
                    fill(targets.stream().map(target -> framed(bos, target)).toList(), eos),
                    fill(targets.stream().map(target -> ended(target, eos)).toList(), NOTHING));
        };
    }

    private static long[] framed(long first, long[] rest) {
        var all = new long[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    private static long[] ended(long[] ids, long last) {
        long[] all = Arrays.copyOf(ids, ids.length + 1);
        all[ids.length] = last;
        return all;
    }

    private static Tensor fill(List<long[]> rows, long with) {
        int longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
        var all = new long[rows.size() * longest];
        Arrays.fill(all, with);
        for (int i = 0; i < rows.size(); i++) System.arraycopy(rows.get(i), 0, all, i * longest, rows.get(i).length);
        return Tensor.of(all, rows.size(), longest);
    }
}
