package dev.merapi.metric;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * How well scores rank within groups, such as what each user was shown: the mean of the groups' areas under the ROC
 * curve, weighted by their samples (Zhu et al. 2017, arXiv:1703.02091). Who is liked by some users more than by others
 * does not count. Groups of positives or negatives alone are left out.
 */
public final class GroupedAuc {
    private GroupedAuc() {}

    /**
     * The value, from 0 to 1; NaN where no group has both.
     *
     * @param groups of each sample its group, by {@code equals}
     * @throws IllegalArgumentException if the arrays differ in length
     */
    public static double of(double[] scores, boolean[] positive, Object[] groups) {
        if (scores.length != positive.length || scores.length != groups.length) {
            throw new IllegalArgumentException("GroupedAuc: expected a score, an answer and a group for each sample."
                    + " Received " + scores.length + ", " + positive.length + " and " + groups.length);
        }
        var members = new LinkedHashMap<Object, List<Integer>>();
        for (int i = 0; i < groups.length; i++) members.computeIfAbsent(groups[i], _ -> new ArrayList<>()).add(i);
        double sum = 0;
        long count = 0;
        for (var group : members.values()) {
            var some = new double[group.size()];
            var hits = new boolean[group.size()];
            for (int i = 0; i < some.length; i++) {
                some[i] = scores[group.get(i)];
                hits[i] = positive[group.get(i)];
            }
            double auc = Ranking.of(some, hits).rocAuc();
            if (Double.isNaN(auc)) continue;
            sum += auc * some.length;
            count += some.length;
        }
        return count == 0 ? Double.NaN : sum / count;
    }
}
