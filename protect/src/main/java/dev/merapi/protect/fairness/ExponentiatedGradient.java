package dev.merapi.protect.fairness;

import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes any learner that takes weights fair: it learns again and again with weights and labels that make up for what
 * was unfair so far, and the answer is the mean of all (Agarwal et al. 2018, arXiv:1803.02453).
 *
 * <pre>{@code
 * var fair = new ExponentiatedGradient(ExponentiatedGradient.Constraint.STATISTICAL_PARITY, 0.02, 30, 2);
 * var classifiers = fair.fit(learner, good, sexes);
 * double probability = classifiers.stream().mapToDouble(one -> one.answers()[0] ? 1 : 0).average().orElseThrow();
 * }</pre>
 *
 * @param constraint what is to be equal
 * @param tolerance by how much a group may differ from all
 * @param iterations how often the learner learns
 * @param rate of the multipliers, the paper's η
 */
public record ExponentiatedGradient(Constraint constraint, double tolerance, int iterations, double rate) {
    private static final double BOUND = 10; // the paper's B: what the multipliers add up to at most

    /** What is to be equal. */
    public enum Constraint {
        /** The share of positive answers. */
        STATISTICAL_PARITY,
        /** The share of positive answers among positive and among negative rows. */
        EQUALISED_ODDS
    }

    /**
     * Learns from all rows.
     *
     * @param <M> a model
     */
    @FunctionalInterface
    public interface Learner<M> {
        /** A model, and what it answers to the rows. */
        Learnt<M> learn(boolean[] labels, double[] weights);
    }

    /**
     * A model, and what it answers to the rows that it was trained on.
     *
     * @param <M> a model
     */
    public record Learnt<M>(M model, boolean[] answers) {}

    public ExponentiatedGradient {
        Expect.atLeast("ExponentiatedGradient.tolerance", 0, tolerance);
        Expect.atLeast("ExponentiatedGradient.iterations", 1, iterations);
        Expect.positive("ExponentiatedGradient.rate", rate);
    }

    /** The models, each of which answers with the same probability. */
    public <M> List<Learnt<M>> fit(Learner<M> learner, boolean[] truth, String[] groups) {
        Rows.check("ExponentiatedGradient", truth.length, groups.length);
        var parts = parts(truth, groups);
        var multipliers = new double[2 * parts.size()]; // logarithms; of too many and of too few positive answers
        var all = new ArrayList<Learnt<M>>();
        for (int i = 0; i < iterations; i++) {
            var learnt = learn(learner, truth, parts, lambdas(multipliers));
            all.add(learnt);
            for (int p = 0; p < parts.size(); p++) {
                double gap = share(learnt.answers, parts.get(p).rows) - share(learnt.answers, parts.get(p).all);
                multipliers[2 * p] += rate * (gap - tolerance);
                multipliers[2 * p + 1] += rate * (-gap - tolerance);
            }
        }
        return List.copyOf(all);
    }

    /**
     * Rows whose share of positive answers shall be that of others.
     *
     * @param rows of a group
     * @param all of all groups
     */
    private record Part(int[] rows, int[] all) {}

    private List<Part> parts(boolean[] truth, String[] groups) {
        var parts = new ArrayList<Part>();
        for (String group : Rows.names(groups)) {
            int[] rows = Rows.of(groups, group);
            if (constraint == Constraint.STATISTICAL_PARITY) {
                parts.add(new Part(rows, IntStream.range(0, truth.length).toArray()));
                continue;
            }
            for (boolean label : new boolean[] {false, true}) {
                int[] some = Arrays.stream(rows).filter(row -> truth[row] == label).toArray();
                if (some.length == 0) continue;
                parts.add(new Part(some, IntStream.range(0, truth.length)
                        .filter(row -> truth[row] == label).toArray()));
            }
        }
        return parts;
    }

    /** Multipliers of which all together are {@link #BOUND} at most, and small ones nearly 0. */
    private static double[] lambdas(double[] logarithms) {
        double[] exps = Arrays.stream(logarithms).map(Math::exp).toArray();
        double sum = 1 + Arrays.stream(exps).sum();
        return Arrays.stream(exps).map(e -> BOUND * e / sum).toArray();
    }

    /** What a positive answer costs, row by row; its sign is the label that is learnt, its size the weight. */
    private <M> Learnt<M> learn(Learner<M> learner, boolean[] truth, List<Part> parts, double[] lambdas) {
        var costs = new double[truth.length];
        for (int i = 0; i < costs.length; i++) costs[i] = (truth[i] ? -1.0 : 1.0) / costs.length;
        for (int p = 0; p < parts.size(); p++) {
            double lambda = (lambdas[2 * p] - lambdas[2 * p + 1]);
            for (int row : parts.get(p).rows) costs[row] += lambda / parts.get(p).rows.length;
            for (int row : parts.get(p).all) costs[row] -= lambda / parts.get(p).all.length;
        }
        var labels = new boolean[costs.length];
        var weights = new double[costs.length];
        for (int i = 0; i < costs.length; i++) {
            labels[i] = costs[i] < 0;
            weights[i] = Math.abs(costs[i]) * costs.length;
        }
        return learner.learn(labels, weights);
    }

    private static double share(boolean[] answers, int... rows) {
        return (double) Arrays.stream(rows).filter(row -> answers[row]).count() / rows.length;
    }
}
