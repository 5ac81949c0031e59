package dev.merapi.explain.examples;

import dev.merapi.explain.Checks;
import dev.merapi.explain.Chunks;
import dev.merapi.explain.Game;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which features suffice for an answer: a small set that, as long as it stays, keeps the model at its class whatever
 * the others are, for most background rows (Ribeiro et al. 2018, "Anchors: High-Precision Model-Agnostic
 * Explanations"). Sets grow feature by feature, of which the best few are gone on with; all background rows are asked.
 *
 * @param background (R, …) rows whose values the others take
 * @param groups for each element the number of its feature
 * @param precision share of the rows for which the class has to stay
 * @param beam sets that are gone on with
 */
public record Anchors(Unary model, Tensor background, int[] groups, double precision, int beam) {
    /** 95 % of the rows, with a beam of 4. */
    public Anchors(Unary model, Tensor background, int[] groups) { this(model, background, groups, 0.95, 4); }

    public Anchors {
        Expect.fraction("Anchors.precision", precision);
        Expect.atLeast("Anchors.beam", 1, beam);
    }

    /**
     * @param features that suffice, in their order
     * @param precision share of the rows for which the class stays
     */
    public record Anchor(List<Integer> features, double precision) {}

    /** The smallest set that is found for an output of x (1, …); all features, if no fewer suffice. */
    public Anchor of(Tensor x, int output) {
        Checks.one(x);
        Unary keeps = rows -> {
            var scores = model.forward(rows);
            Checks.output(scores, output);
            Expect.that(scores.rank() == 2 && scores.size(1) > 1, "Anchors", "a model of classes", "one output");
            return scores.argmax(-1).eq(output).to(DType.FLOAT64);
        };
        var game = Game.of(keeps, background, groups, Chunks.DEFAULT).of(x, 0);
        int n = game.players();
        Expect.that(game.ends()[1] > 0.5, "Anchors", "the class that the model gives", "output " + output);
        List<boolean[]> best = List.of(new boolean[n]);
        for (int size = 0; size < n; size++) {
            var longer = size == 0 ? best : grown(best, n);
            double[] precisions = game.values(longer.toArray(boolean[][]::new));
            var order = new ArrayList<Integer>();
            for (int i = 0; i < longer.size(); i++) order.add(i);
            order.sort(Comparator.comparingDouble(i -> -precisions[i]));
            if (precisions[order.getFirst()] >= precision) {
                return anchor(longer.get(order.getFirst()), precisions[order.getFirst()]);
            }
            best = order.stream().limit(beam).map(longer::get).toList();
        }
        var all = new boolean[n];
        Arrays.fill(all, true);
        return anchor(all, 1);
    }

    private static List<boolean[]> grown(List<boolean[]> sets, int n) {
        Set<List<Boolean>> seen = new LinkedHashSet<>();
        var grown = new ArrayList<boolean[]>();
        for (boolean[] set : sets) {
            for (int i = 0; i < n; i++) {
                if (set[i]) continue;
                var more = set.clone();
                more[i] = true;
                var key = new ArrayList<Boolean>();
                for (boolean in : more) key.add(in);
                if (seen.add(key)) grown.add(more);
            }
        }
        return grown;
    }

    private static Anchor anchor(boolean[] set, double precision) {
        var features = new ArrayList<Integer>();
        for (int i = 0; i < set.length; i++) if (set[i]) features.add(i);
        return new Anchor(List.copyOf(features), precision);
    }
}
