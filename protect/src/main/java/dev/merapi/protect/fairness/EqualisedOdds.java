package dev.merapi.protect.fairness;

import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Changes answers by chance, by group, so that all groups have the same true and the same false positive rate, with the
 * fewest errors that allow it (Hardt et al. 2016, arXiv:1610.02413). Of a group with rates (f, t) all points of the
 * parallelogram (0, 0), (f, t), (1, 1), (1 − f, 1 − t) can be had; errors are least at a corner of what the groups
 * have in common.
 *
 * @param positive by group, the probability of a positive answer where the model's is negative, and where positive
 */
public record EqualisedOdds(Map<String, double[]> positive) {
    private static final double TINY = 1e-9;

    /** A false positive rate and a true one. */
    private record Point(double f, double t) {
        double cross(Point a, Point b) { return (a.f - f) * (b.t - t) - (a.t - t) * (b.f - f); }
    }

    /**
     * From a model's answers to rows whose truth is known.
     *
     * @throws IllegalArgumentException if a group lacks positive or negative rows
     */
    public static EqualisedOdds fit(FairnessReport report) {
        var corners = new ArrayList<List<Point>>();
        for (var group : report.groups()) {
            double f = group.falsePositiveRate().value(), t = group.truePositiveRate().value();
            Expect.that(!Double.isNaN(f) && !Double.isNaN(t), "EqualisedOdds",
                    "positive and negative rows in each group", "a group " + group.group() + " without");
            corners.add(t >= f ? List.of(new Point(0, 0), new Point(f, t), new Point(1, 1),
                    new Point(1 - f, 1 - t)) : List.of(new Point(0, 0), new Point(1 - f, 1 - t), new Point(1, 1),
                            new Point(f, t)));
        }
        var best = candidates(corners).stream().filter(point -> corners.stream().allMatch(area -> inside(area, point)))
                .min((a, b) -> Double.compare(errors(report, a), errors(report, b))).orElseThrow();
        var positive = new LinkedHashMap<String, double[]>();
        for (var group : report.groups()) positive.put(group.group(), solve(group, best));
        return new EqualisedOdds(Map.copyOf(positive));
    }

    private static List<Point> candidates(List<List<Point>> areas) {
        var all = new ArrayList<Point>();
        for (var area : areas) all.addAll(area);
        for (var one : areas) {
            for (var other : areas) {
                for (int i = 0; i < 4; i++) {
                    for (int j = 0; j < 4 && one != other; j++) {
                        meet(one.get(i), one.get((i + 1) % 4), other.get(j), other.get((j + 1) % 4), all);
                    }
                }
            }
        }
        return all;
    }

    private static void meet(Point a, Point b, Point c, Point d, List<Point> all) {
        double direction = (b.f - a.f) * (d.t - c.t) - (b.t - a.t) * (d.f - c.f);
        if (Math.abs(direction) < TINY) return;
        double along = ((c.f - a.f) * (d.t - c.t) - (c.t - a.t) * (d.f - c.f)) / direction;
        all.add(new Point(a.f + along * (b.f - a.f), a.t + along * (b.t - a.t)));
    }

    /** Corners go round clockwise: what is inside lies on the right of each side. */
    private static boolean inside(List<Point> area, Point point) {
        for (int i = 0; i < 4; i++) if (area.get(i).cross(area.get((i + 1) % 4), point) > TINY) return false;
        return true;
    }

    private static double errors(FairnessReport report, Point point) {
        return report.groups().stream().mapToDouble(group -> (group.truePositives() + group.falseNegatives())
                * (1 - point.t) + (group.falsePositives() + group.trueNegatives()) * point.f).sum();
    }

    /** Two equations: t = a (1 − t₀) + b t₀ and f = a (1 − f₀) + b f₀. */
    private static double[] solve(GroupRates group, Point point) {
        double f = group.falsePositiveRate().value(), t = group.truePositiveRate().value();
        if (Math.abs(t - f) < TINY) return new double[] {point.t, point.t}; // answers that tell nothing
        double a = (t * point.f - f * point.t) / (t - f);
        double b = ((1 - f) * point.t - (1 - t) * point.f) / (t - f);
        return new double[] {Math.clamp(a, 0, 1), Math.clamp(b, 0, 1)};
    }

    /** Answers changed, by chance. */
    public boolean[] apply(boolean[] answers, String[] groups, long seed) {
        Rows.check("EqualisedOdds", answers.length, groups.length);
        var random = new SplittableRandom(seed);
        var changed = new boolean[answers.length];
        for (int i = 0; i < changed.length; i++) {
            double[] ofGroup = positive.get(groups[i]);
            Expect.that(ofGroup != null, "EqualisedOdds", "one of the groups " + positive.keySet(), groups[i]);
            changed[i] = random.nextDouble() < ofGroup[answers[i] ? 1 : 0];
        }
        return changed;
    }
}
