package dev.merapi.explain;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;

/** A model's answers while features of an input x (1, …) are replaced by those of background rows (R, …). */
final class HidingGame implements Game {
    private final Unary model;
    private final Tensor x;
    private final Tensor background;
    private final int[] groups;
    private final int output;
    private final Chunks chunks;
    private final int players;

    HidingGame(Unary model, Tensor x, Tensor background, int[] groups, int output, Chunks chunks) {
        Checks.one(x);
        long[] row = Checks.row(x);
        Expect.that(background.size(0) > 0 && Arrays.equals(Checks.row(background), row), "background", "rows of "
                + Shapes.toString(row) + ", as the input", Shapes.toString(background.shape()));
        Expect.that(background.dtype() == x.dtype(), "background", "values of type " + x.dtype() + ", as the input",
                background.dtype());
        Expect.that(groups.length == Shapes.numel(row), "groups", "a feature for each of the " + Shapes.numel(row)
                + " elements of the input", groups.length);
        this.model = model;
        this.x = x;
        this.background = background;
        this.groups = groups;
        this.output = output;
        this.chunks = chunks;
        players = Arrays.stream(groups).max().orElse(-1) + 1;
        Expect.atLeast("features", 1, players);
    }

    @Override public int players() { return players; }

    /** Coalition c on background row r is row {@code c · R + r}. */
    @Override public double[] values(boolean[][] coalitions) {
        int rows = Math.toIntExact(background.size(0));
        long all = (long) coalitions.length * rows;
        var sums = new double[coalitions.length];
        int most = chunks.rowsLike(x);
        for (long from = 0; from < all; from += most) {
            int count = (int) Math.min(most, all - from);
            double[] some = chunk(coalitions, rows, from, count);
            for (int i = 0; i < count; i++) sums[(int) ((from + i) / rows)] += some[i] / rows;
            chunks.progress().accept(count);
        }
        return sums;
    }

    private double[] chunk(boolean[][] coalitions, int rows, long from, int count) {
        int first = (int) (from / rows);
        int last = (int) ((from + count - 1) / rows);
        var flat = new boolean[(last - first + 1) * (players + 1)];
        for (int c = first; c <= last; c++) {
            int at = (c - first) * (players + 1);
            System.arraycopy(coalitions[c], 0, flat, at, players);
            flat[at + players] = true; // what is never hidden
        }
        var which = new long[count];
        var behind = new long[count];
        for (int i = 0; i < count; i++) {
            which[i] = (from + i) / rows - first;
            behind[i] = (from + i) % rows;
        }
        long[] places = Arrays.stream(groups).mapToLong(g -> g < 0 ? players : g).toArray();
        long[] shape = x.shape();
        shape[0] = count;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var device = x.device();
            var known = Tensor.of(flat, last - first + 1, players + 1).to(device)
                    .indexSelect(1, Tensor.of(places).to(device)) // a column for each element
                    .indexSelect(0, Tensor.of(which).to(device)).reshape(shape);
            var hidden = rows == 1 ? background : background.indexSelect(0, Tensor.of(behind).to(device));
            return Checks.output(model.forward(known.where(x, hidden)), output).to(DType.FLOAT64).toDoubles();
        }
    }
}
