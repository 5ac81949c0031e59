package dev.merapi.text.generate;

import dev.merapi.tensor.Scope;
import java.util.List;
import java.util.stream.IntStream;

/** Writes token after token, the likeliest or a drawn one; a text that has ended leaves the batch. */
final class Sampling {
    private Sampling() {}

    static void run(Rows rows, List<Sequence> sequences, boolean draw) {
        var live = sequences;
        while (true) {
            try (var _ = Scope.open()) {
                var logits = rows.logits();
                var now = live;
                long[] next = IntStream.range(0, now.size())
                        .mapToLong(row -> now.get(row).next(logits.select(0, row), draw)).toArray();
                int[] going = IntStream.range(0, now.size()).filter(row -> now.get(row).add(next[row])).toArray();
                if (going.length == 0) return;
                rows.go(going, IntStream.of(going).mapToLong(row -> next[row]).toArray());
                live = IntStream.of(going).mapToObj(now::get).toList();
            }
        }
    }
}
