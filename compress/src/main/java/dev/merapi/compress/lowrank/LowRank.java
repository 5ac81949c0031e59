package dev.merapi.compress.lowrank;

import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MatrixLayer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/**
 * Puts two thin products in the place of a wide one, by singular values. Where that costs little is measured: the loss
 * with one layer at a time at several ranks, from which the ranks of all are chosen. Denton et al. 2014,
 * arXiv:1404.0736.
 *
 * <pre>{@code
 * var scan = LowRank.scan(model, NamePattern.of("*.up", "*.down"), List.of(0.25, 0.5, 0.75), loss);
 * LowRank.factorize(model, LowRank.choose(scan, 0.5));
 * }</pre>
 */
public final class LowRank {
    private LowRank() {}

    /**
     * One layer at one rank.
     *
     * @param before numbers of the layer's weight
     * @param after those of its factors
     * @param loss more than that of the model as it is
     */
    public record Choice(String layer, int rank, long before, long after, double loss) {}

    /**
     * Measures what ranks cost, layer by layer. The model is in the end as it was, to the bit.
     *
     * @param names of layers to try, of which the affine maps are taken
     * @param shares of a layer's numbers that its factors have, from 0 to below 1
     * @param loss of the model as it is now, in evaluation mode
     * @throws IllegalArgumentException if no affine map has such a name
     */
    public static List<Choice> scan(Layer model, Predicate<String> names, List<Double> shares, DoubleSupplier loss) {
        shares.forEach(share -> Expect.fraction("LowRank.scan.shares", share));
        var choices = new ArrayList<Choice>();
        double plain = loss.getAsDouble();
        model.layers().forEach((path, layer) -> {
            if (!names.test(path) || !(layer instanceof MatrixLayer map) || !map.isWritable()) return;
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                Tensor matrix = map.matrix(), original = matrix.copy();
                var svd = original.svd();
                for (double share : shares) {
                    int rank = rank(matrix, share);
                    matrix.copy_(svd.u().narrow(1, 0, rank).mul(svd.s().narrow(0, 0, rank))
                            .matmul(svd.vh().narrow(0, 0, rank)));
                    choices.add(new Choice(path, rank, matrix.numel(), numbers(matrix, rank),
                            loss.getAsDouble() - plain));
                    matrix.copy_(original);
                }
            }
        });
        Expect.that(!choices.isEmpty(), "LowRank.scan", "names of affine maps", "none of such a name");
        return choices;
    }

    private static int rank(Tensor matrix, double share) {
        double most = (double) matrix.numel() / (matrix.size(0) + matrix.size(1)); // from which nothing is saved
        return (int) Math.clamp(Math.round(share * most), 1, Math.min(matrix.size(0), matrix.size(1)));
    }

    private static long numbers(Tensor matrix, int rank) { return rank * (matrix.size(0) + matrix.size(1)); }

    /**
     * The ranks by which the layers of a scan keep so many of their numbers together, at a loss that is small: step by
     * step, the one that costs least for each number it saves.
     *
     * @param keep the share of the scanned layers' numbers that may stay
     * @throws IllegalArgumentException if even the smallest ranks keep more
     */
    public static Map<String, Integer> choose(List<Choice> scan, double keep) {
        Expect.probability("LowRank.choose.keep", keep);
        var now = new LinkedHashMap<String, Choice>();
        scan.forEach(c -> now.putIfAbsent(c.layer, new Choice(c.layer, 0, c.before, c.before, 0)));
        long most = (long) (keep * now.values().stream().mapToLong(Choice::before).sum());
        while (now.values().stream().mapToLong(Choice::after).sum() > most) {
            Choice best = null;
            for (var next : scan) {
                var last = now.get(next.layer);
                if (next.after < last.after && (best == null || cost(last, next) < cost(now.get(best.layer), best))) {
                    best = next;
                }
            }
            if (best == null) throw Expect.error("LowRank.choose", "a scan with ranks that are small enough", scan);
            now.put(best.layer, best);
        }
        var ranks = new LinkedHashMap<String, Integer>();
        now.values().forEach(choice -> { if (choice.rank > 0) ranks.put(choice.layer, choice.rank); });
        return ranks;
    }

    /** Loss for each number that is saved. */
    private static double cost(Choice last, Choice next) { return (next.loss - last.loss) / (last.after - next.after); }

    /**
     * Factorizes layers.
     *
     * @param ranks by the layers' names
     * @return how many layers were changed
     * @throws IllegalArgumentException for a name that is no affine map's, or a rank above its smaller side; nothing
     *     has changed then
     */
    public static int factorize(Layer model, Map<String, Integer> ranks) {
        var layers = model.layers();
        ranks.forEach((name, rank) -> {
            Expect.that(layers.get(name) instanceof MatrixLayer, "LowRank.factorize", "names of affine maps", name);
            long[] shape = ((MatrixLayer) layers.get(name)).matrixShape();
            long side = Math.min(shape[0], shape[1]);
            Expect.that(rank > 0 && rank <= side, "LowRank.factorize." + name, "a rank from 1 to " + side, rank);
        });
        var changed = new ArrayList<Layer>();
        model.replace((path, layer) -> {
            if (!ranks.containsKey(path) || !(layer instanceof MatrixLayer map)) return layer;
            changed.add(layer);
            int rank = ranks.get(path);
            return new Change(FactoredKind.NAME, Map.of(FactoredKind.RANK, rank)).mark(layer,
                    FactoredLinear.of(map, rank));
        });
        changed.forEach(Layer::close);
        return changed.size();
    }
}
