package dev.merapi.compress.export;

import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole number in a model that may depend on the sizes of its input: {@code factor · (product of axes) + offset}.
 *
 * @param axes names of the input's axes; none for a number that is always the same, the offset
 */
record Size(List<String> axes, long factor, long offset) {
    static Size of(long number) { return new Size(List.of(), 0, number); }

    boolean isFixed() { return axes.isEmpty(); }

    /** One that depends on more than the sizes of the input. */
    static final Size UNKNOWN = new Size(List.of("of values"), 1, 0);

    /**
     * What a number is that was seen in several runs.
     *
     * @param seen the number in each
     * @param runs the axes' sizes in each: in the first one some, in each other one axis has another size
     * @throws IllegalArgumentException if it is none such
     */
    static Size solve(String where, List<Long> seen, List<Map<String, Long>> runs) {
        return find(seen, runs).orElseThrow(() -> Expect.error(where, "sizes that are multiples of the input's axes "
                + runs.getFirst().keySet(), seen, "export with fixed axes"));
    }

    static Optional<Size> find(List<Long> seen, List<Map<String, Long>> runs) {
        var axes = new ArrayList<String>();
        long first = seen.getFirst(), product = 1, other = first;
        for (int i = 1; i < runs.size(); i++) {
            if (seen.get(i) == first) continue;
            String axis = axis(runs.getFirst(), runs.get(i));
            axes.add(axis);
            product *= runs.getFirst().get(axis);
            other = seen.get(i);
        }
        if (axes.isEmpty()) return Optional.of(of(first));
        Size size;
        if (axes.size() == 1) {
            long from = runs.getFirst().get(axes.getFirst()), to = size(runs, axes.getFirst());
            long factor = (other - first) / (to - from);
            size = new Size(axes, factor, first - factor * from);
        } else {
            size = new Size(axes, first / product, 0);
        }
        for (int i = 0; i < runs.size(); i++) if (size.at(runs.get(i)) != seen.get(i)) return Optional.empty();
        return Optional.of(size);
    }

    private static String axis(Map<String, Long> first, Map<String, Long> other) {
        return first.keySet().stream().filter(a -> !first.get(a).equals(other.get(a))).findFirst().orElseThrow();
    }

    private static long size(List<Map<String, Long>> runs, String axis) {
        long first = runs.getFirst().get(axis);
        return runs.stream().map(run -> run.get(axis)).filter(size -> size != first).findFirst().orElseThrow();
    }

    /** The number for an input of some sizes. */
    long at(Map<String, Long> sizes) {
        long product = factor;
        for (String axis : axes) product *= sizes.get(axis);
        return product + offset;
    }

    @Override public String toString() {
        if (isFixed()) return "" + offset;
        return (factor == 1 ? "" : factor + " · ") + String.join(" · ", axes) + (offset == 0 ? "" : " + " + offset);
    }
}
