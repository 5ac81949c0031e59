package dev.merapi.tabular.data;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;

/** What is to be predicted: the values of a column, as the training rows have them. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({@JsonSubTypes.Type(value = Target.Classes.class, name = "classes"),
    @JsonSubTypes.Type(value = Target.Numbers.class, name = "numbers")})
public sealed interface Target {
    /** More whole numbers than these are quantities, not classes. */
    int MOST_CLASSES = 20;

    String column();

    /**
     * The targets of rows.
     *
     * @throws IllegalArgumentException for a missing one, or one that is no such value
     */
    Tensor of(Frame rows);

    /**
     * One of several classes.
     *
     * @param labels by index; numbers in their order, else by the alphabet
     */
    record Classes(String column, List<String> labels) implements Target {
        public Classes {
            labels = List.copyOf(labels);
            if (labels.size() < 2) {
                throw new IllegalArgumentException("target " + column + ": expected at least 2 classes. Received "
                        + labels);
            }
        }

        /** Class indices (N), int64. */
        @Override public Tensor of(Frame rows) {
            var places = new HashMap<String, Long>();
            for (String label : labels) places.put(label, (long) places.size());
            var values = rows.column(column);
            var classes = new long[rows.size()];
            for (int i = 0; i < classes.length; i++) {
                Long place = places.get(values.text(i));
                if (place == null) {
                    throw new IllegalArgumentException("target " + column + ": expected one of " + labels
                            + ", which the training rows have. Received " + values.text(i) + " in row " + i);
                }
                classes[i] = place;
            }
            return Tensor.of(classes);
        }
    }

    /**
     * A number.
     *
     * @param mean of the training rows
     * @param deviation from it, not 0
     */
    record Numbers(String column, double mean, double deviation) implements Target {
        /** Numbers (N) as they are, float32. */
        @Override public Tensor of(Frame rows) {
            var values = rows.column(column).numbers();
            for (int i = 0; i < values.length; i++) {
                if (Double.isFinite(values[i])) continue;
                throw new IllegalArgumentException("target " + column + ": expected a number in each row. Received "
                        + values[i] + " in row " + i);
            }
            return Tensor.of(values).to(DType.FLOAT32);
        }
    }

    /** Whether a column's values are classes: texts, truth values, two different numbers, or few whole ones. */
    static boolean areClasses(Column column) {
        return switch (column.kind()) {
            case TEXT, BOOLEAN -> true;
            case DATE, LIST -> throw new IllegalArgumentException("target: expected a column of classes or numbers."
                    + " Received " + column.name() + " of kind " + column.kind());
            case INTEGER, NUMBER -> {
                long[] values = Arrays.stream(column.numbers()).filter(v -> !Double.isNaN(v)).distinct()
                        .limit(MOST_CLASSES + 1).mapToLong(v -> v == Math.rint(v) ? 1 : 0).toArray();
                boolean whole = Arrays.stream(values).allMatch(v -> v == 1);
                yield values.length == 2 || whole && values.length <= MOST_CLASSES;
            }
        };
    }

    /** The classes of training rows; none may be missing. */
    static Classes classes(Column column) {
        var labels = new ArrayList<>(Arrays.stream(column.texts()).filter(Objects::nonNull).distinct().toList());
        boolean numbers = column.kind() == Kind.INTEGER || column.kind() == Kind.NUMBER;
        labels.sort(numbers ? Comparator.comparingDouble(Double::parseDouble) : Comparator.naturalOrder());
        return new Classes(column.name(), labels);
    }

    /** The numbers of training rows; none may be missing. */
    static Numbers numbers(Column column) {
        double[] values = Arrays.stream(column.numbers()).filter(v -> !Double.isNaN(v)).toArray();
        if (values.length == 0) {
            throw new IllegalArgumentException("target " + column.name() + ": expected numbers. Received none.");
        }
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        double deviation = Math.sqrt(squares / values.length);
        return new Numbers(column.name(), mean, deviation > 0 ? deviation : 1);
    }
}
