package dev.merapi.tabular.data;

import java.util.List;

/**
 * The sizes of a {@link TableBatch}, by which a model is built.
 *
 * @param numbers columns of numbers
 * @param categories the number of ids of each category
 * @param lists the number of ids of each list
 * @param crosses the number of buckets of each cross
 */
public record Inputs(int numbers, List<Integer> categories, List<Integer> lists, List<Integer> crosses) {
    public Inputs {
        categories = List.copyOf(categories);
        lists = List.copyOf(lists);
        crosses = List.copyOf(crosses);
    }

    public Inputs withoutNumbers() { return new Inputs(0, categories, lists, crosses); }

    public Inputs withoutCrosses() { return new Inputs(numbers, categories, lists, List.of()); }

    /** Numbers, categories, lists and crosses, each counted once. */
    public int fields() { return numbers + categories.size() + lists.size() + crosses.size(); }
}
