package dev.merapi.tabular.data;

import dev.merapi.tabular.data.Feature.Scaling;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Takes in training rows, part by part, and makes a feature's encoder of what it has seen. */
interface Learner {
    void add(Frame rows);

    Encoder finish();

    static Learner of(Feature feature) {
        return switch (feature) {
            case Feature.Number number -> new OfNumber(number);
            case Feature.Bins bins -> new OfBins(bins);
            case Feature.Category category -> new OfNames(category.minCount(), category.maxSize()) {
                @Override public void add(Frame rows) {
                    var column = rows.column(category.column());
                    for (int i = 0; i < column.size(); i++) count(column.text(i));
                }

                @Override public Encoder finish() { return new Encoder.Named(category.column(), names()); }
            };
            case Feature.Ids ids -> new OfNames(ids.minCount(), ids.maxSize()) {
                @Override public void add(Frame rows) {
                    var column = rows.column(ids.column());
                    for (int i = 0; i < column.size(); i++) {
                        for (String part : Encoder.NamedLists.parts(column, i, ids.separator())) count(part);
                    }
                }

                @Override public Encoder finish() {
                    return new Encoder.NamedLists(ids.column(), ids.separator(), names());
                }
            };
            case Feature.Date date -> new OfDates(date.column());
            case Feature.Hashed hashed -> known(hashed.columns(), new Encoder.Bucketed(hashed.column(),
                    hashed.buckets()));
            case Feature.Cross cross -> known(cross.columns(), new Encoder.Crossed(cross.columns(), cross.buckets()));
        };
    }

    /** One that has nothing to learn. */
    private static Learner known(List<String> columns, Encoder encoder) {
        return new Learner() {
            @Override public void add(Frame rows) { columns.forEach(rows::column); } // that are there

            @Override public Encoder finish() { return encoder; }
        };
    }

    /** Mean and squares of the distances from it, without cancellation (Welford 1962). */
    final class OfNumber implements Learner {
        private final Feature.Number feature;
        private final Sample sample = new Sample();
        private long count;
        private long missing;
        private double mean;
        private double squares;
        private double least = Double.POSITIVE_INFINITY;
        private double greatest = Double.NEGATIVE_INFINITY;

        OfNumber(Feature.Number feature) { this.feature = feature; }

        @Override public void add(Frame rows) {
            var column = rows.column(feature.column());
            for (int i = 0; i < column.size(); i++) {
                double x = Encoder.Scaled.value(column.number(i), feature.log());
                if (Double.isNaN(x)) {
                    missing++;
                    continue;
                }
                double before = x - mean;
                mean += before / ++count;
                squares += before * (x - mean);
                least = Math.min(least, x);
                greatest = Math.max(greatest, x);
                if (feature.scaling() == Scaling.ROBUST) sample.add(x);
            }
        }

        /** A constant has no spread to divide by, and becomes 0. */
        @Override public Encoder finish() {
            double shift = 0, scale = 1;
            if (count > 0) {
                switch (feature.scaling()) {
                    case NONE -> { }
                    case STANDARD -> {
                        shift = mean;
                        scale = least == greatest ? 1 : Math.sqrt(squares / count);
                    }
                    case MIN_MAX -> {
                        shift = least;
                        scale = greatest - least;
                    }
                    case ROBUST -> {
                        shift = sample.quantile(0.5);
                        scale = sample.quantile(0.75) - sample.quantile(0.25);
                    }
                }
            }
            return new Encoder.Scaled(feature.column(), feature.log(), mean, shift, scale > 0 ? scale : 1,
                    missing > 0 && count > 0);
        }
    }

    /** Edges between ranges of equally many rows. */
    final class OfBins implements Learner {
        private final Feature.Bins feature;
        private final Sample sample = new Sample();

        OfBins(Feature.Bins feature) { this.feature = feature; }

        @Override public void add(Frame rows) {
            var column = rows.column(feature.column());
            for (int i = 0; i < column.size(); i++) {
                double x = column.number(i);
                if (!Double.isNaN(x)) sample.add(x);
            }
        }

        /** A value that fills several ranges has one. */
        @Override public Encoder finish() {
            return new Encoder.Binned(feature.column(), IntStream.range(1, feature.count())
                    .mapToObj(i -> sample.quantile((double) i / feature.count())).filter(edge -> !edge.isNaN())
                    .distinct().toList());
        }
    }

    /** The most frequent names first, those of one frequency by the alphabet. */
    abstract class OfNames implements Learner {
        private final int minCount;
        private final int maxSize;
        private final Map<String, Integer> counts = new HashMap<>();

        OfNames(int minCount, int maxSize) {
            this.minCount = minCount;
            this.maxSize = maxSize;
        }

        final void count(String name) { if (name != null) counts.merge(name, 1, Integer::sum); }

        final List<String> names() {
            return counts.entrySet().stream().filter(entry -> entry.getValue() >= minCount)
                    .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(maxSize).map(Map.Entry::getKey).toList();
        }
    }

    /** First and last day, and whether there are times. */
    final class OfDates implements Learner {
        private static final double DAY = 86_400;

        private final String name;
        private double first = Double.POSITIVE_INFINITY;
        private double last = Double.NEGATIVE_INFINITY;
        private boolean times;
        private boolean missing;

        OfDates(String name) { this.name = name; }

        @Override public void add(Frame rows) {
            if (!(rows.column(name) instanceof Column.Dates dates)) {
                throw new IllegalArgumentException(name + ": expected a column of dates. Received one of kind "
                        + rows.column(name).kind());
            }
            for (int i = 0; i < dates.size(); i++) {
                if (dates.isMissing(i)) {
                    missing = true;
                    continue;
                }
                double days = dates.number(i) / DAY;
                first = Math.min(first, days);
                last = Math.max(last, days);
                times |= !dates.moment(i).toLocalTime().equals(LocalTime.MIDNIGHT);
            }
        }

        @Override public Encoder finish() {
            boolean any = first <= last;
            return new Encoder.DateParts(name, any ? first : 0, any && last > first ? last - first : 1, times, missing);
        }
    }

    /** Up to 100,000 values, chosen so that each one seen is in it with equal chance (Vitter's algorithm R, 1985). */
    final class Sample {
        private static final int SIZE = 100_000;

        private final SplittableRandom random = new SplittableRandom(1337);
        private double[] values = new double[1024];
        private long seen;
        private boolean sorted;

        void add(double value) {
            sorted = false;
            long place = seen < SIZE ? seen : random.nextLong(seen + 1);
            seen++;
            if (place >= SIZE) return;
            if (place >= values.length) values = Arrays.copyOf(values, Math.min(SIZE, 2 * values.length));
            values[(int) place] = value;
        }

        /** Between two values on a line; NaN of none. */
        double quantile(double p) {
            int n = (int) Math.min(seen, SIZE);
            if (n == 0) return Double.NaN;
            if (!sorted) Arrays.sort(values, 0, n);
            sorted = true;
            double place = p * (n - 1);
            int below = (int) place;
            if (below + 1 >= n) return values[n - 1];
            return values[below] + (place - below) * (values[below + 1] - values[below]);
        }
    }
}
