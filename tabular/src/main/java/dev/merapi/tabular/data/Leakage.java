package dev.merapi.tabular.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;

/**
 * Finds columns that tell the target: what is known only when the target is, and will be missing when it is to be
 * predicted.
 *
 * <pre>{@code
 * for (String warning : Leakage.find(train, "survived")) IO.println(warning);
 * }</pre>
 */
public final class Leakage {
    private static final double SAME = 0.9999; // correlation
    private static final int FEWEST = 10; // rows to judge by

    private Leakage() {}

    /**
     * A sentence for each column that equals the target under other names, or, of numbers, on another scale.
     *
     * @param rows in which the target is not missing
     */
    public static List<String> find(Frame rows, String target) {
        var goal = rows.column(target);
        boolean classes = Target.areClasses(goal);
        var warnings = new ArrayList<String>();
        for (var column : rows.columns()) {
            if (column.name().equals(target)) continue;
            if (classes ? renames(column, goal) : isLinear(column, goal)) {
                warnings.add("Column " + column.name() + " tells the target " + target + " in every row: it will not"
                        + " be known when it is to be predicted. Leave it out.");
            }
        }
        return warnings;
    }

    /** Whether each value goes with one target, and there are hardly more values than targets. */
    private static boolean renames(Column column, Column target) {
        var targets = new HashMap<String, String>();
        int rows = 0;
        for (int i = 0; i < column.size(); i++) {
            if (column.isMissing(i) || target.isMissing(i)) continue;
            String before = targets.putIfAbsent(column.text(i), target.text(i));
            if (before != null && !before.equals(target.text(i))) return false;
            rows++;
        }
        int different = new HashSet<>(targets.values()).size();
        return rows >= FEWEST && different > 1 && targets.size() <= 2 * different && targets.size() <= rows / 2;
    }

    private static boolean isLinear(Column column, Column target) {
        if (column.kind() == Kind.TEXT || column.kind() == Kind.LIST) return false;
        double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < column.size(); i++) {
            double a = column.number(i), b = target.number(i);
            if (Double.isNaN(a) || Double.isNaN(b)) continue;
            n++;
            double da = a - x, db = b - y; // Welford's way, without cancellation
            x += da / n;
            y += db / n;
            xx += da * (a - x);
            yy += db * (b - y);
            xy += da * (b - y);
        }
        return n >= FEWEST && xx > 0 && yy > 0 && Math.abs(xy) / Math.sqrt(xx * yy) > SAME;
    }
}
