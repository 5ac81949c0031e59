package dev.merapi.explain.shap;

import dev.merapi.explain.Attribution;
import dev.merapi.tabular.classic.ClassicModel;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Shapley's values of boosted trees, exactly and at once, by the ways through the trees (Lundberg et al. 2018,
 * arXiv:1802.03888): what is hidden goes both ways at a branch, each as often as training rows did. So it differs from
 * {@link KernelShap} where columns depend on each other.
 */
public final class TreeShap {
    private TreeShap() {}

    /**
     * The contributions of each row's fields, in the order numbers, categories, lists, crosses.
     *
     * @param output 0, or of more than two classes the class
     * @throws UnsupportedOperationException of other models than boosting
     */
    public static List<Attribution> of(ClassicModel model, TableBatch rows, int output) {
        var all = new ArrayList<Attribution>();
        for (double[][] row : model.contributions(rows)) {
            Expect.that(output >= 0 && output < row.length, "output", "0 to " + (row.length - 1)
                    + ", the model's outputs", output);
            double[] fields = row[output];
            int n = fields.length - 1;
            all.add(Attribution.of(Arrays.copyOf(fields, n), fields[n], Arrays.stream(fields).sum()));
        }
        return all;
    }
}
