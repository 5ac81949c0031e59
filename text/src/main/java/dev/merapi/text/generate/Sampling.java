package dev.merapi.text.generate;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/** Writes token after token, the likeliest or a drawn one; a text that has ended leaves the batch. */
final class Sampling {
    private Sampling() {}

    static void run(Rows rows, List<Sequence> sequences) {
        var live = sequences;
        while (true) {
            try (var _ = Scope.open()) {
                var now = live;
                long[] next = next(rows.logits(), now);
                int[] going = IntStream.range(0, now.size()).filter(row -> now.get(row).add(next[row])).toArray();
                if (going.length == 0) return;
                rows.go(going, IntStream.of(going).mapToLong(row -> next[row]).toArray());
                live = IntStream.of(going).mapToObj(now::get).toList();
            }
        }
    }

    static long[] next(Tensor logits, List<Sequence> sequences) {
        Tensor processed = processed(logits, sequences);
        double[] highest = processed.amax(1).toDoubles();
        for (int row = 0; row < highest.length; row++) {
            if (highest[row] == Double.NEGATIVE_INFINITY) {
                throw Sequence.allRuledOut(logits.size(1), sequences.get(row).ids().length);
            }
        }
        return TokenSampler.next(processed, sequences.stream().map(Sequence::options).toList(),
                sequences.stream().mapToDouble(Sequence::random).toArray()).toLongs();
    }

    /** By a rule for each row, if there are any. */
    static Tensor processed(Tensor logits, List<Sequence> sequences) {
        if (sequences.stream().noneMatch(Sequence::isProcessed)) return logits;
        return Tensor.stack(IntStream.range(0, sequences.size())
                .mapToObj(row -> sequences.get(row).processed(logits.select(0, row))).toList(), 0);
    }
}
