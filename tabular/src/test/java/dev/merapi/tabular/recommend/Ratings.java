package dev.merapi.tabular.recommend;

import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import java.util.ArrayList;
import java.util.SplittableRandom;

/** Small tables of ratings. */
final class Ratings {
    private Ratings() {}

    /**
     * Two tastes: users and items of even numbers, and of odd. A user likes (4 or 5) most items of the own taste, in
     * the order of their numbers, and has seen (2) few of the other.
     */
    static Frame tastes(int users, int items, long seed) {
        var random = new SplittableRandom(seed);
        var user = new ArrayList<String>();
        var item = new ArrayList<String>();
        var rating = new ArrayList<Double>();
        for (int u = 0; u < users; u++) {
            for (int i = 0; i < items; i++) {
                boolean own = u % 2 == i % 2;
                if (random.nextDouble() > (own ? 0.7 : 0.1)) continue;
                user.add("u" + u);
                item.add("i" + i);
                rating.add(own ? 4.0 + random.nextInt(2) : 2);
            }
        }
        double[] times = new double[user.size()];
        for (int row = 0; row < times.length; row++) times[row] = row;
        return Frame.of(new Column.Texts("user", user.toArray(String[]::new)),
                new Column.Texts("item", item.toArray(String[]::new)),
                new Column.Numbers("rating", rating.stream().mapToDouble(Double::doubleValue).toArray()),
                new Column.Numbers("time", times));
    }

    static final Interactions.Columns COLUMNS = Interactions.Columns.of("user", "item").rating("rating").time("time");

    /** {@code u0: i0 i1 i2; u1: i1 i3; u2: i0 i3 i4 i1}, in this order of time. */
    static Interactions small() {
        String[] pairs = {"u0 i0", "u0 i1", "u0 i2", "u1 i1", "u1 i3", "u2 i0", "u2 i3", "u2 i4", "u2 i1"};
        return of(pairs);
    }

    /** From {@code user item} in the order of time. */
    static Interactions of(String... pairs) {
        var user = new String[pairs.length];
        var item = new String[pairs.length];
        for (int i = 0; i < pairs.length; i++) {
            user[i] = pairs[i].split(" ")[0];
            item[i] = pairs[i].split(" ")[1];
        }
        return Interactions.of(Frame.of(new Column.Texts("user", user), new Column.Texts("item", item)),
                Interactions.Columns.of("user", "item"));
    }
}
