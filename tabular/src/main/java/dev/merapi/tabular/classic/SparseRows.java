package dev.merapi.tabular.classic;

import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Rows as classic models take them: numbers, then a 1 in the place of each category, list member and cross ("one-hot").
 * Only what is not 0 is kept.
 *
 * @param starts of each row in {@code columns}, and the end
 * @param columns ascending in each row
 * @param width number of columns
 */
record SparseRows(long[] starts, int[] columns, float[] values, int width) {
    static SparseRows of(TableBatch batch, Inputs inputs) {
        int rows = batch.size();
        float[] numbers = batch.numbers().toFloats();
        long[] categories = batch.categories().toLongs(), crosses = batch.crosses().toLongs();
        var lists = batch.lists().stream().map(Tensor::toLongs).toList();
        int[] lengths = batch.lists().stream().mapToInt(list -> (int) list.size(1)).toArray();
        var cells = new Cells(rows);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < inputs.numbers(); i++) {
                float value = numbers[row * inputs.numbers() + i];
                if (value != 0) cells.add(i, value);
            }
            int first = inputs.numbers();
            first = oneHot(cells, categories, row, inputs.categories(), first);
            for (int i = 0; i < lists.size(); i++) {
                long[] ids = Arrays.copyOfRange(lists.get(i), row * lengths[i], (row + 1) * lengths[i]);
                for (long id : Arrays.stream(ids).filter(id -> id != 0).distinct().sorted().toArray()) {
                    cells.add(Math.toIntExact(first + id), 1);
                }
                first = Math.addExact(first, inputs.lists().get(i));
            }
            oneHot(cells, crosses, row, inputs.crosses(), first);
            cells.endRow();
        }
        return cells.rows(width(inputs));
    }

    /** Of a full matrix. */
    static SparseRows of(float[] matrix, int width) {
        var cells = new Cells(matrix.length / width);
        for (int i = 0; i < matrix.length; i++) {
            if (matrix[i] != 0) cells.add(i % width, matrix[i]);
            if (i % width == width - 1) cells.endRow();
        }
        return cells.rows(width);
    }

    private static int oneHot(Cells cells, long[] ids, int row, List<Integer> sizes, int first) {
        for (int i = 0; i < sizes.size(); i++) {
            cells.add(Math.toIntExact(first + ids[row * sizes.size() + i]), 1);
            first = Math.addExact(first, sizes.get(i));
        }
        return first;
    }

    static int width(Inputs inputs) {
        long width = inputs.numbers();
        for (var sizes : List.of(inputs.categories(), inputs.lists(), inputs.crosses())) {
            width += sizes.stream().mapToLong(Integer::longValue).sum();
        }
        return Math.toIntExact(width);
    }

    /** For each column the number of the field that it is made of. */
    static int[] fields(Inputs inputs) {
        var fields = new int[width(inputs)];
        int at = 0, field = 0;
        for (; field < inputs.numbers(); field++) fields[at++] = field;
        for (var sizes : List.of(inputs.categories(), inputs.lists(), inputs.crosses())) {
            for (int size : sizes) {
                Arrays.fill(fields, at, at + size, field++);
                at += size;
            }
        }
        return fields;
    }

    int size() { return starts.length - 1; }

    /** All cells (rows, width), float64. */
    Tensor dense() {
        var cells = new double[Math.multiplyExact(size(), width)];
        for (int row = 0; row < size(); row++) {
            for (int i = (int) starts[row]; i < starts[row + 1]; i++) cells[row * width + columns[i]] = values[i];
        }
        return Tensor.of(cells, size(), width).to(DType.FLOAT64);
    }

    private static final class Cells {
        private final long[] starts;
        private int[] columns = new int[1024];
        private float[] values = new float[1024];
        private int size;
        private int row;

        Cells(int rows) { starts = new long[rows + 1]; }

        void add(int column, float value) {
            if (size == columns.length) {
                columns = Arrays.copyOf(columns, Math.multiplyExact(size, 2));
                values = Arrays.copyOf(values, 2 * size);
            }
            columns[size] = column;
            values[size++] = value;
        }

        void endRow() { starts[++row] = size; }

        SparseRows rows(int width) {
            return new SparseRows(starts, Arrays.copyOf(columns, size), Arrays.copyOf(values, size), width);
        }
    }
}
