package dev.merapi.explain;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What each part of an input has contributed to one output of a model.
 *
 * @param shape of the values, as of the input without its batch axis, or (features)
 * @param values contributions in row-major order
 * @param base the output where nothing is known of the input; NaN of a method that has none, such as a gradient
 * @param output what the model gave for the input
 */
public record Attribution(long[] shape, double[] values, double base, double output) {
    public Attribution {
        Expect.that(Shapes.numel(shape) == values.length, "Attribution", "as many values as "
                + Shapes.toString(shape) + " has", values.length);
    }

    /** Of features side by side. */
    public static Attribution of(double[] values, double base, double output) {
        return new Attribution(new long[] {values.length}, values, base, output);
    }

    /** Of one input, values (1, …) or (…). */
    public static Attribution of(Tensor values, long[] shape, double base, double output) {
        return new Attribution(shape, values.toDoubles(), base, output);
    }

    /**
     * What the contributions leave unexplained: {@code output - base - sum}. 0 of a method that is complete, which is
     * called local accuracy with SHAP and completeness with integrated gradients.
     */
    public double gap() { return output - base - Arrays.stream(values).sum(); }

    /**
     * The contributions summed within groups, such as channels of a pixel, numbers of a column, or pieces of a word.
     *
     * @param groups for each value the number of its group, from 0
     */
    public Attribution grouped(int[] groups) {
        Expect.that(groups.length == values.length, "Attribution.grouped", "a group for each of the " + values.length
                + " values", groups.length);
        var sums = new double[Arrays.stream(groups).max().orElse(-1) + 1];
        for (int i = 0; i < values.length; i++) sums[groups[i]] += values[i];
        return of(sums, base, output);
    }

    /** The contributions of pixels (H, W), summed over the channels of an input (C, H, W). */
    public Attribution pixels() {
        Expect.that(shape.length == 3, "Attribution.pixels", "contributions (C, H, W)", Shapes.toString(shape));
        int area = Math.toIntExact(shape[1] * shape[2]);
        var groups = new int[values.length];
        for (int i = 0; i < groups.length; i++) groups[i] = i % area;
        return new Attribution(new long[] {shape[1], shape[2]}, grouped(groups).values, base, output);
    }

    /** Places of the values, those that move the output most, up or down, first. */
    public List<Integer> strongest() {
        return IntStream.range(0, values.length).boxed()
                .sorted(Comparator.comparingDouble(i -> -Math.abs(values[i]))).toList();
    }
}
