package dev.merapi.cluster;

import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import scala.collection.Iterable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A frame's rows as tensors, for a rank's data.
 *
 * <pre>{@code
 * var data = Dataset.of(Rows.numbers(rows, "age", "hours"), Rows.labels(rows, "income"));
 * }</pre>
 */
public final class Rows {
    private Rows() {}

    /**
     * Columns of numbers, of booleans, or of arrays of numbers, which all rows have as long, as float32: (rows, numbers
     * of a row).
     *
     * @throws IllegalArgumentException naming the row and column of what is no number
     */
    public static Tensor numbers(List<Row> rows, String... columns) {
        if (rows.isEmpty()) throw new IllegalArgumentException("Rows.numbers: expected at least one row. Received none"
                + "; give each rank some, by fewer ranks or frame.repartition(ranks).");
        var all = new ArrayList<float[]>();
        for (int i = 0; i < rows.size(); i++) {
            var row = new ArrayList<Number>();
            for (String column : columns) add(rows.get(i).get(rows.get(i).fieldIndex(column)), row, i, column);
            var values = new float[row.size()];
            for (int k = 0; k < values.length; k++) values[k] = row.get(k).floatValue();
            all.add(values);
        }
        int width = all.getFirst().length;
        var flat = new float[all.size() * width];
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).length != width) {
                throw new IllegalArgumentException("Rows.numbers: expected " + width + " numbers in each row, as in the"
                        + " first. Received " + all.get(i).length + " in row " + i + " of " + Arrays.toString(columns));
            }
            System.arraycopy(all.get(i), 0, flat, i * width, width);
        }
        return Tensor.of(flat, all.size(), width);
    }

    private static void add(Object value, List<Number> row, int at, String column) {
        switch (value) {
            case Number n -> row.add(n);
            case Boolean b -> row.add(b ? 1 : 0);
            case Iterable<?> list -> CollectionConverters.asJava(list).forEach(each -> add(each, row, at, column));
            case null, default -> throw new IllegalArgumentException("Rows.numbers: expected a number in column "
                    + column + " of row " + at + ". Received " + value);
        }
    }

    /** A column of whole numbers as int64: (rows). */
    public static Tensor labels(List<Row> rows, String column) {
        var labels = new long[rows.size()];
        for (int i = 0; i < labels.length; i++) {
            Object value = rows.get(i).get(rows.get(i).fieldIndex(column));
            if (!(value instanceof Number n) || n.doubleValue() != n.longValue()) {
                throw new IllegalArgumentException("Rows.labels: expected a whole number in column " + column
                        + " of row " + i + ". Received " + value);
            }
            labels[i] = n.longValue();
        }
        return Tensor.of(labels);
    }
}
