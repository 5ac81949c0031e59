package dev.merapi.tabular.recommend;

import dev.merapi.tabular.data.Column;
import dev.merapi.tabular.data.Frame;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Which user had to do with which item: bought, saw, rated. A user's interactions lie together, in the order of time.
 *
 * <pre>{@code
 * var all = Interactions.of(frame, Interactions.Columns.of("user", "item").rating("rating").time("time"));
 * var split = all.atLeast(4).leaveOneOut();
 * }</pre>
 *
 * Parts of a whole have its users and items under the same numbers, so that what was learnt from one is measured with
 * another. It never changes: several threads may read it at once.
 */
public final class Interactions {
    /**
     * Where a table says what.
     *
     * @param user the column of users
     * @param item the column of items
     * @param rating the column of ratings, numbers; empty for none: each interaction counts 1
     * @param time the column of times, dates or numbers; empty for none: the table's order is that of time
     */
    public record Columns(String user, String item, String rating, String time) {
        /** Users and items alone. */
        public static Columns of(String user, String item) { return new Columns(user, item, "", ""); }

        public Columns rating(String column) { return new Columns(user, item, column, time); }

        public Columns time(String column) { return new Columns(user, item, rating, column); }
    }

    /** Interactions to learn from, and later ones, or others, to measure with. */
    public record Split(Interactions train, Interactions test) {
        /** Both together. */
        public Interactions all() {
            return Interactions.of(train.users, train.items, joined(train.userOfEach(), test.userOfEach()),
                    joined(train.item, test.item), joined(train.rating, test.rating), joined(train.time, test.time));
        }

        private static int[] joined(int[] a, int[] b) {
            return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
        }

        private static double[] joined(double[] a, double[] b) {
            return DoubleStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
        }
    }

    private final Ids users;
    private final Ids items;
    private final int[] start; // of each user in the arrays below, and their length at the end
    private final int[] item;
    private final double[] rating;
    private final double[] time;
    private final int[] sorted; // each user's items in ascending order
    private final int repeated;

    /** One per pair of user and item, ordered by user, then time. */
    private Interactions(Ids users, Ids items, int[] start, int[] item, double[] rating, double[] time, int repeated) {
        this.users = users;
        this.items = items;
        this.start = start;
        this.item = item;
        this.rating = rating;
        this.time = time;
        this.repeated = repeated;
        sorted = item.clone();
        for (int u = 0; u < users.size(); u++) Arrays.sort(sorted, start[u], start[u + 1]);
    }

    /**
     * Those in the rows of a table. Where a user and an item come together more than once, the latest row counts, see
     * {@link #repeated}.
     *
     * @throws IllegalArgumentException if there are no rows, a column is not there or of another kind, or a value is
     *     missing
     */
    public static Interactions of(Frame rows, Columns columns) {
        if (rows.size() == 0) {
            throw new IllegalArgumentException("Interactions: expected a table with rows. Received none.");
        }
        var user = names(rows.column(columns.user));
        var item = names(rows.column(columns.item));
        var rating = columns.rating.isEmpty() ? ones(rows.size()) : numbers(rows.column(columns.rating));
        var time = columns.time.isEmpty() ? IntStream.range(0, rows.size()).asDoubleStream().toArray()
                : numbers(rows.column(columns.time));
        var users = Ids.of("user", Arrays.asList(user));
        var items = Ids.of("item", Arrays.asList(item));
        return of(users, items, Arrays.stream(user).mapToInt(users::number).toArray(),
                Arrays.stream(item).mapToInt(items::number).toArray(), rating, time);
    }

    /** Ordered by user and time, without repetitions. Of rows of one moment the later row is the later. */
    static Interactions of(Ids users, Ids items, int[] user, int[] item, double[] rating, double[] time) {
        int[] order = IntStream.range(0, user.length).boxed().sorted((a, b) -> user[a] != user[b]
                ? Integer.compare(user[a], user[b]) : Double.compare(time[a], time[b])) // stable
                .mapToInt(Integer::intValue).toArray();
        var last = new LinkedHashMap<Long, Integer>();
        for (int row : order) { // a later row of the same pair takes the earlier one's place in time too
            long pair = (long) user[row] * items.size() + item[row];
            last.remove(pair);
            last.put(pair, row);
        }
        int[] kept = last.values().stream().mapToInt(Integer::intValue).toArray();
        var start = new int[users.size() + 1];
        for (int row : kept) start[user[row] + 1]++;
        Arrays.parallelPrefix(start, Integer::sum);
        return new Interactions(users, items, start, Arrays.stream(kept).map(row -> item[row]).toArray(),
                Arrays.stream(kept).mapToDouble(row -> rating[row]).toArray(),
                Arrays.stream(kept).mapToDouble(row -> time[row]).toArray(), user.length - kept.length);
    }

    private static String[] names(Column column) {
        var names = column.texts();
        for (int row = 0; row < names.length; row++) {
            if (names[row] == null) throw missing(column, row);
        }
        return names;
    }

    private static double[] numbers(Column column) {
        var numbers = column.numbers();
        for (int row = 0; row < numbers.length; row++) {
            if (Double.isNaN(numbers[row])) throw missing(column, row);
        }
        return numbers;
    }

    private static IllegalArgumentException missing(Column column, int row) {
        return new IllegalArgumentException("Interactions: expected a value of " + column.name() + " in each row."
                + " Received none in row " + row + "; leave such rows out by frame.complete(\"" + column.name()
                + "\").");
    }

    private static double[] ones(int count) {
        var ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    // ---- what is there

    public Ids users() { return users; }

    public Ids items() { return items; }

    /** Number of interactions. */
    public int size() { return item.length; }

    /** Rows of the table that were left out since a later one has the same user and item. */
    public int repeated() { return repeated; }

    /** A user's items, the earliest first; empty for a user without history. */
    public int[] itemsOf(int user) { return Arrays.copyOfRange(item, start[user], start[user + 1]); }

    /** Number of a user's interactions. */
    public int count(int user) { return start[user + 1] - start[user]; }

    /** Whether a user had to do with an item. */
    public boolean has(int user, int anItem) {
        return Arrays.binarySearch(sorted, start[user], start[user + 1], anItem) >= 0;
    }

    /** The place of a user's first interaction, for {@link #item(int)} and its like. */
    int start(int user) { return start[user]; }

    int item(int place) { return item[place]; }

    double rating(int place) { return rating[place]; }

    double time(int place) { return time[place]; }

    /** The user of each interaction. */
    int[] userOfEach() {
        var all = new int[size()];
        for (int u = 0; u < users.size(); u++) Arrays.fill(all, start[u], start[u + 1], u);
        return all;
    }

    int[] itemOfEach() { return item.clone(); }

    double[] ratingOfEach() { return rating.clone(); }

    double[] timeOfEach() { return time.clone(); }

    /** How many interactions each item has. */
    public int[] countsOfItems() {
        var counts = new int[items.size()];
        for (int i : item) counts[i]++;
        return counts;
    }

    /** Users with at least one interaction. */
    public int[] activeUsers() { return IntStream.range(0, users.size()).filter(u -> count(u) > 0).toArray(); }

    // ---- parts

    /** Those with at least this rating. Users and items that have none left are gone. */
    public Interactions atLeast(double least) { return part(place -> rating[place] >= least).compact(); }

    /**
     * Without users and items of few interactions, over and over, until all that are left have enough (a "k-core").
     *
     * @throws IllegalArgumentException if none are left
     */
    public Interactions core(int perUser, int perItem) {
        var part = this;
        while (true) {
            var now = part;
            int[] counts = now.countsOfItems();
            int[] user = now.userOfEach();
            var next = now.part(p -> now.count(user[p]) >= perUser && counts[now.item[p]] >= perItem);
            if (next.size() == now.size()) return next.compact();
            part = next;
        }
    }

    /** With those users and items alone that have interactions, under new numbers. */
    private Interactions compact() {
        if (size() == 0) {
            throw new IllegalArgumentException("Interactions: expected some to be left. Received none; ask for a lower"
                    + " rating, or fewer interactions per user and item.");
        }
        int[] user = userOfEach();
        var someUsers = Ids.of("user", names(users, user));
        var someItems = Ids.of("item", names(items, item));
        return of(someUsers, someItems, Arrays.stream(user).map(u -> someUsers.number(users.name(u))).toArray(),
                Arrays.stream(item).map(i -> someItems.number(items.name(i))).toArray(), rating, time);
    }

    private static Collection<String> names(Ids ids, int[] numbers) {
        return Arrays.stream(numbers).mapToObj(ids::name).toList();
    }

    /** Those whose place passes, with the same users and items. */
    private Interactions part(IntPredicate keep) {
        int[] kept = IntStream.range(0, size()).filter(keep).toArray();
        int[] user = userOfEach();
        var from = new int[users.size() + 1];
        for (int place : kept) from[user[place] + 1]++;
        Arrays.parallelPrefix(from, Integer::sum);
        return new Interactions(users, items, from, Arrays.stream(kept).map(p -> item[p]).toArray(),
                Arrays.stream(kept).mapToDouble(p -> rating[p]).toArray(),
                Arrays.stream(kept).mapToDouble(p -> time[p]).toArray(), 0);
    }

    private Split split(IntPredicate held) { return new Split(part(held.negate()), part(held)); }

    /** The last interaction of each user is held out; a user of one is learnt from. */
    public Split leaveOneOut() {
        int[] user = userOfEach();
        return split(place -> count(user[place]) > 1 && place == start[user[place] + 1] - 1);
    }

    /** The last part of each user's interactions is held out, at least one of two or more. */
    public Split lastOfEach(double part) {
        part(part, "lastOfEach");
        int[] user = userOfEach();
        return split(place -> place >= start[user[place] + 1] - held(count(user[place]), part));
    }

    /** A part of each user's interactions, drawn at random, is held out, at least one of two or more. */
    public Split randomOfEach(double part, long seed) {
        part(part, "randomOfEach");
        var random = new SplittableRandom(seed);
        var held = new boolean[size()];
        for (int u = 0; u < users.size(); u++) {
            int[] places = IntStream.range(start[u], start[u + 1]).toArray();
            for (int i = 0; i < held(places.length, part); i++) { // the first of a shuffle
                int other = random.nextInt(i, places.length);
                int drawn = places[other];
                places[other] = places[i];
                places[i] = drawn;
                held[drawn] = true;
            }
        }
        return split(place -> held[place]);
    }

    private static int held(int count, double part) {
        return count < 2 ? 0 : Math.clamp(Math.round(part * count), 1, count - 1);
    }

    /**
     * The last part of the time is held out, of all users together: nothing is learnt from what came after a moment.
     * Users whose first interaction is held out have no history then.
     *
     * @throws IllegalArgumentException if that leaves none on one side
     */
    public Split temporal(double part) {
        part(part, "temporal");
        var moments = time.clone();
        Arrays.sort(moments);
        double last = moments[Math.clamp(Math.round((1 - part) * size()) - 1, 0, size() - 1)];
        var split = split(place -> time[place] > last); // those of one moment stay together
        if (split.test.size() > 0) return split;
        throw new IllegalArgumentException("Interactions.temporal: expected interactions after some moment. Received "
                + size() + ", of which a part of " + part + " at the end is none.");
    }

    private static void part(double part, String method) {
        if (part > 0 && part < 1) return;
        throw new IllegalArgumentException("Interactions." + method + ": expected a part between 0 and 1. Received "
                + part);
    }

    @Override public String toString() {
        return "%,d interactions of %,d users with %,d items".formatted(size(), users.size(), items.size());
    }
}
