package dev.merapi.data;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Groups positions by label. */
final class Classes {
    private Classes() {}

    /** The positions of each class, in order; classes ascend. */
    static List<int[]> positions(int[] labels) {
        var classes = new TreeMap<Integer, IntStream.Builder>();
        for (int i = 0; i < labels.length; i++) {
            classes.computeIfAbsent(labels[i], _ -> IntStream.builder()).add(i);
        }
        return classes.values().stream().map(positions -> positions.build().toArray()).toList();
    }
}
