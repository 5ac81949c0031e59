package dev.merapi.tabular.data;

import java.util.List;

/**
 * What a model is to see of a column, and how. {@link TablePreprocessing#fit} learns what it needs, such as means and
 * the names of categories, from the rows to train on.
 *
 * <pre>{@code
 * var features = List.of(Feature.number("age"), Feature.number("fare").log(true), Feature.category("sex"),
 *         Feature.list("genres", "|"), Feature.cross(1000, "sex", "pclass"));
 * }</pre>
 */
public sealed interface Feature {
    /** The columns that it reads. */
    List<String> columns();

    /** How numbers are brought to a common size. */
    enum Scaling {
        /** As they are. */
        NONE,
        /** Mean 0 and standard deviation 1. */
        STANDARD,
        /** From 0, the least, to 1, the greatest, of the training rows. */
        MIN_MAX,
        /** Median 0 and distance of the quartiles 1, which a few wild values do not change. */
        ROBUST
    }

    /**
     * A number. A missing one becomes the mean, and where the training rows have missing ones, a second number says
     * which: 1 for missing, else 0.
     *
     * @param log first become sign(x) log(1 + |x|), for amounts that span several powers of ten
     */
    record Number(String column, Scaling scaling, boolean log) implements Feature {
        @Override public List<String> columns() { return List.of(column); }

        public Number log(boolean on) { return new Number(column, scaling, on); }

        public Number scaling(Scaling other) { return new Number(column, other, log); }
    }

    /** A number as a category: one of {@code count} ranges with equally many training rows each. */
    record Bins(String column, int count) implements Feature {
        public Bins {
            atLeast(2, count, "Feature.bins", column);
        }

        @Override public List<String> columns() { return List.of(column); }
    }

    /**
     * A category. Missing is one of its own; those that the training rows do not have, or have too rarely, share one.
     *
     * @param minCount training rows that a category needs
     * @param maxSize the most frequent ones are kept
     */
    record Category(String column, int minCount, int maxSize) implements Feature {
        public Category {
            atLeast(1, minCount, "Feature.category: minCount", column);
            atLeast(1, maxSize, "Feature.category: maxSize", column);
        }

        @Override public List<String> columns() { return List.of(column); }

        public Category minCount(int count) { return new Category(column, count, maxSize); }

        public Category maxSize(int size) { return new Category(column, minCount, size); }
    }

    /** A category of very many: each falls into one of {@code buckets}, which nobody has to learn or to keep. */
    record Hashed(String column, int buckets) implements Feature {
        public Hashed {
            atLeast(1, buckets, "Feature.hashed", column);
        }

        @Override public List<String> columns() { return List.of(column); }
    }

    /**
     * A date as numbers: days since the first training row, scaled; the place in the year and in the week as points on
     * a circle, so that December lies beside January; and where the training rows have times, the place in the day.
     */
    record Date(String column) implements Feature {
        @Override public List<String> columns() { return List.of(column); }
    }

    /**
     * Several categories at once, such as a film's genres.
     *
     * @param separator between them where the column is a text; null if it is a list
     */
    record Ids(String column, String separator, int minCount, int maxSize) implements Feature {
        public Ids {
            atLeast(1, minCount, "Feature.list: minCount", column);
            atLeast(1, maxSize, "Feature.list: maxSize", column);
        }

        @Override public List<String> columns() { return List.of(column); }

        public Ids minCount(int count) { return new Ids(column, separator, count, maxSize); }

        public Ids maxSize(int size) { return new Ids(column, separator, minCount, size); }
    }

    /** The combination of several columns' values, in one of {@code buckets}: what the wide part of a model weighs. */
    record Cross(List<String> columns, int buckets) implements Feature {
        public Cross {
            columns = List.copyOf(columns);
            atLeast(2, columns.size(), "Feature.cross: columns", "" + columns);
            atLeast(1, buckets, "Feature.cross", "" + columns);
        }
    }

    /** A number with mean 0 and standard deviation 1. */
    static Number number(String column) { return new Number(column, Scaling.STANDARD, false); }

    static Bins bins(String column, int count) { return new Bins(column, count); }

    /** A category with all that the training rows have. */
    static Category category(String column) { return new Category(column, 1, Integer.MAX_VALUE - 2); }

    static Hashed hashed(String column, int buckets) { return new Hashed(column, buckets); }

    static Date date(String column) { return new Date(column); }

    /** A column of lists. */
    static Ids list(String column) { return list(column, null); }

    /** A column of texts, such as {@code Comedy|Drama}. */
    static Ids list(String column, String separator) { return new Ids(column, separator, 1, Integer.MAX_VALUE - 2); }

    static Cross cross(int buckets, String... columns) { return new Cross(List.of(columns), buckets); }

    private static void atLeast(int least, int value, String what, String column) {
        if (value >= least) return;
        throw new IllegalArgumentException(what + " of " + column + ": expected at least " + least + ". Received "
                + value);
    }
}
