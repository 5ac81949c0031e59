package dev.merapi.tabular.data;

import dev.merapi.data.Tree;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Makes classes equally frequent among rows to learn from. Rows to measure with stay as they are: what a model then
 * says is a probability of the resampled rows, which ranks, but is too great for classes that were rare.
 *
 * <pre>{@code
 * var rows = Resampling.smote(preprocessing.rows(fold.train()), 5, 1337);
 * }</pre>
 */
public final class Resampling {
    private static final int PART = 512; // rows whose distances are computed at a time

    private Resampling() {}

    /** Rows of smaller classes are drawn again until there are as many as of the largest. All that was there stays. */
    public static TableRows over(TableRows rows, long seed) {
        var classes = classes(rows);
        int most = classes.values().stream().mapToInt(List::size).max().orElse(0);
        var random = new SplittableRandom(seed);
        var all = new ArrayList<Integer>(IntStream.range(0, rows.size()).boxed().toList());
        classes.forEach((_, of) -> {
            for (int i = of.size(); i < most; i++) all.add(of.get(random.nextInt(of.size())));
        });
        return taken(rows, all);
    }

    /** Of larger classes as many rows are kept, drawn without repetition, as the smallest has. */
    public static TableRows under(TableRows rows, long seed) {
        var classes = classes(rows);
        int least = classes.values().stream().mapToInt(List::size).min().orElse(0);
        var random = new SplittableRandom(seed);
        var all = new ArrayList<Integer>();
        classes.forEach((_, of) -> {
            var rest = new ArrayList<>(of);
            for (int i = 0; i < least; i++) { // Fisher and Yates, as far as needed
                int j = i + random.nextInt(rest.size() - i);
                int drawn = rest.set(j, rest.get(i));
                rest.set(i, drawn);
                all.add(drawn);
            }
        });
        all.sort(null);
        return taken(rows, all);
    }

    /**
     * Smaller classes are filled up by new rows between two that are near each other: SMOTE for numbers and categories
     * (SMOTE-NC, Chawla et al. 2002). Numbers lie on the line from a row to one of its neighbours of the same class; a
     * category is the most frequent one of the neighbours; lists and crosses are the row's own. A class of one row is
     * repeated. Its time grows with the square of the smaller classes.
     *
     * @param neighbours among which one is drawn, 5 in the paper
     */
    public static TableRows smote(TableRows rows, int neighbours, long seed) {
        Expect.atLeast("Resampling.smote: neighbours", 1, neighbours);
        var classes = classes(rows);
        int most = classes.values().stream().mapToInt(List::size).max().orElse(0);
        var random = new SplittableRandom(seed);
        try (var _ = Scope.open()) {
            var parts = new ArrayList<TableBatch>(List.of(rows.all()));
            for (var of : classes.values()) {
                if (of.size() < most) parts.add(between(taken(rows, of).all(), most - of.size(), neighbours, random));
            }
            return new TableRows(joined(parts));
        }
    }

    /** New rows of one class. */
    private static TableBatch between(TableBatch of, int count, int neighbours, SplittableRandom random) {
        int size = of.size(), k = Math.min(neighbours, size - 1);
        int[] bases = IntStream.range(0, count).map(_ -> random.nextInt(size)).toArray();
        if (k == 0) return take(of, bases);
        int[][] near = nearest(of, k);
        int width = (int) of.numbers().size(1), fields = (int) of.categories().size(1);
        float[] numbers = of.numbers().toFloats();
        long[] categories = of.categories().toLongs();
        var newNumbers = new float[count * width];
        var newCategories = new long[count * fields];
        for (int i = 0; i < count; i++) {
            int base = bases[i], other = near[base][random.nextInt(k)];
            double part = random.nextDouble();
            for (int d = 0; d < width; d++) {
                float from = numbers[base * width + d];
                newNumbers[i * width + d] = (float) (from + part * (numbers[other * width + d] - from));
            }
            for (int f = 0; f < fields; f++) newCategories[i * fields + f] = mode(categories, near[base], fields, f);
        }
        var copied = take(of, bases);
        return new TableBatch(Tensor.of(newNumbers, count, width), Tensor.of(newCategories, count, fields),
                copied.lists(), copied.crosses(), copied.target());
    }

    /** The most frequent category of a field among rows; of equally frequent ones the nearest row's. */
    private static long mode(long[] categories, int[] rows, int fields, int field) {
        var counts = new HashMap<Long, Integer>();
        long best = -1;
        for (int row : rows) counts.merge(categories[row * fields + field], 1, Integer::sum);
        for (int row : rows) {
            long category = categories[row * fields + field];
            if (best < 0 || counts.get(category) > counts.get(best)) best = category;
        }
        return best;
    }

    /** Of each row its k nearest others: two categories differ by the median deviation of the numbers. */
    private static int[][] nearest(TableBatch of, int k) {
        int size = of.size();
        var near = new int[size][];
        var numbers = of.numbers();
        double unit = numbers.size(1) == 0 ? 1 : median(numbers.sub(numbers.mean(0)).square().mean(0).sqrt());
        for (int from = 0; from < size; from += PART) {
            try (var _ = Scope.open()) {
                int part = Math.min(PART, size - from);
                var distances = numbers.size(1) == 0 ? Tensor.zeros(part, size)
                        : numbers.narrow(0, from, part).cdist(numbers).square();           // (part, N)
                for (int f = 0; f < of.categories().size(1); f++) {
                    var ids = of.categories().select(1, f);
                    distances = distances.add(ids.narrow(0, from, part).unsqueeze(1).ne(ids).to(DType.FLOAT32)
                            .mul(unit * unit));
                }
                var itself = Tensor.arange(part).add(from).unsqueeze(1).eq(Tensor.arange(size));
                long[] found = distances.maskedFill(itself, Double.POSITIVE_INFINITY).topk(k, 1, false).indices()
                        .toLongs();
                for (int row = 0; row < part; row++) {
                    near[from + row] = Arrays.stream(found, row * k, (row + 1) * k).mapToInt(i -> (int) i).toArray();
                }
            }
        }
        return near;
    }

    private static double median(Tensor values) {
        double[] sorted = values.toDoubles();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** The places of each class. */
    private static Map<Long, List<Integer>> classes(TableRows rows) {
        var target = rows.all().target();
        if (target == null || target.dtype() != DType.INT64) {
            throw new IllegalArgumentException("Resampling: expected rows with classes as target. Received "
                    + (target == null ? "rows without a target." : "numbers."));
        }
        var classes = new TreeMap<Long, List<Integer>>();
        long[] labels = target.toLongs();
        for (int i = 0; i < labels.length; i++) classes.computeIfAbsent(labels[i], _ -> new ArrayList<>()).add(i);
        return classes;
    }

    private static TableRows taken(TableRows rows, List<Integer> places) {
        try (var _ = Scope.open()) {
            return new TableRows(take(rows.all(), places.stream().mapToInt(Integer::intValue).toArray()));
        }
    }

    private static TableBatch take(TableBatch rows, int[] places) {
        var index = Tensor.of(Arrays.stream(places).asLongStream().toArray());
        return Tree.map(rows, tensor -> tensor.indexSelect(0, index));
    }

    private static TableBatch joined(List<TableBatch> parts) {
        var lists = IntStream.range(0, parts.getFirst().lists().size())
                .mapToObj(i -> Tensor.cat(parts.stream().map(part -> part.lists().get(i)).toList(), 0)).toList();
        return new TableBatch(Tensor.cat(parts.stream().map(TableBatch::numbers).toList(), 0),
                Tensor.cat(parts.stream().map(TableBatch::categories).toList(), 0), lists,
                Tensor.cat(parts.stream().map(TableBatch::crosses).toList(), 0),
                Tensor.cat(parts.stream().map(TableBatch::target).toList(), 0));
    }
}
