package dev.merapi.tabular.recommend;

import dev.merapi.recipe.Ranked;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Items for a user.
 *
 * @param items the best first
 * @param known whether the user has a history; if not, these are the most popular
 */
public record Recommendations(List<Recommendation> items, boolean known) implements Ranked<Recommendations> {
    public Recommendations {
        items = List.copyOf(items);
    }

    @Override public Recommendations top(int n) {
        return new Recommendations(items.subList(0, Math.min(n, items.size())), known);
    }

    /** Such as {@code Heat 4.812, Alien 4.305}. */
    @Override public String toString() {
        return items.stream().map(Recommendation::toString).collect(Collectors.joining(", "))
                + (known ? "" : " (no history of this user: the most popular)");
    }
}
