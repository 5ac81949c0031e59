package dev.merapi.explain.perturb;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Checks;
import dev.merapi.explain.Chunks;
import dev.merapi.explain.Explainer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * What the output loses when a square of a picture is covered, in the mean over the squares that cover a pixel (Zeiler
 * and Fergus 2013, arXiv:1311.2901).
 *
 * @param blank what covers (1, C, H, W)
 * @param side of the square
 * @param stride from one place to the next
 */
public record Occlusion(Unary model, Tensor blank, int side, int stride, Chunks chunks) implements Explainer {
    public Occlusion {
        Expect.atLeast("Occlusion.side", 1, side);
        Expect.that(stride >= 1 && stride <= side, "Occlusion.stride", "1 to the side, " + side, stride);
    }

    /** A square of a seventh of the picture's width, half of which the next covers too. */
    public Occlusion(Unary model, Tensor blank) {
        this(model, blank, Math.max(2, (int) blank.size(3) / 7), Math.max(1, (int) blank.size(3) / 14), Chunks.DEFAULT);
    }

    /** Of shape (H, W). */
    @Override public Attribution explain(Tensor x, int output) {
        Checks.one(x);
        Expect.that(x.rank() == 4, "Occlusion", "a picture (1, C, H, W)", Shapes.toString(x.shape()));
        int height = Math.toIntExact(x.size(2)), width = Math.toIntExact(x.size(3));
        int rows = places(height), columns = places(width);
        var sums = new double[height * width];
        var counts = new int[height * width];
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            double whole = Checks.output(model.forward(x), output).item();
            int most = chunks.rowsLike(x);
            for (int from = 0; from < rows * columns; from += most) {
                int count = Math.min(most, rows * columns - from);
                try (var _ = Scope.open()) {
                    var covered = new boolean[count * height * width];
                    for (int i = 0; i < count; i++) cover(from + i, i, columns, height, width, covered);
                    var mask = Tensor.of(covered, count, 1, height, width).to(x.device());
                    double[] left = Checks.output(model.forward(mask.where(blank, x)), output).toDoubles();
                    for (int i = 0; i < covered.length; i++) {
                        if (!covered[i]) continue;
                        int pixel = i % sums.length;
                        sums[pixel] += whole - left[i / sums.length];
                        counts[pixel]++;
                    }
                }
                chunks.progress().accept(count);
            }
            for (int i = 0; i < sums.length; i++) sums[i] /= counts[i];
            return new Attribution(new long[] {height, width}, sums, Double.NaN, whole);
        }
    }

    /** The last may hang over the edge, so that all pixels are covered. */
    private int places(int length) { return 1 + Math.max(0, (length - side + stride - 1) / stride); }

    private void cover(int place, int row, int columns, int height, int width, boolean[] covered) {
        int top = place / columns * stride, left = place % columns * stride;
        for (int y = top; y < Math.min(height, top + side); y++) {
            for (int x = left; x < Math.min(width, left + side); x++) covered[(row * height + y) * width + x] = true;
        }
    }
}
