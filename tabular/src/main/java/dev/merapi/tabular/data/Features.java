package dev.merapi.tabular.data;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What a model is to see of a table, and what it is to predict.
 *
 * <pre>{@code
 * var found = Features.of(train, "survived");                                 // by the columns' kinds
 * var chosen = new Features(List.of(Feature.number("age"), Feature.category("sex")), "survived", true);
 * }</pre>
 *
 * @param features at least one
 * @param target the column to predict
 * @param classes whether its values are classes, else numbers
 */
public record Features(List<Feature> features, String target, boolean classes) {
    /** Texts of which more than this share are different say who a row is, not what it is like. */
    private static final double MOSTLY_DIFFERENT = 0.5;

    private static final System.Logger LOG = System.getLogger(Features.class.getName());

    public Features {
        features = List.copyOf(features);
        if (features.isEmpty()) {
            throw new IllegalArgumentException("Features: expected at least one feature. Received none.");
        }
        for (var feature : features) {
            if (!feature.columns().contains(target)) continue;
            throw new IllegalArgumentException("Features: expected columns other than the target. Received " + target
                    + " in " + feature);
        }
    }

    /**
     * A feature for each column by its kind: numbers, scaled; texts and truth values as categories; dates; lists. Left
     * out are columns without a value or with one alone, and texts of which most are
     * different, such as names. Whether the target is a class or a number follows from its values: texts, truth values,
     * two different numbers or at most 20 whole ones are classes.
     *
     * @param train the rows to learn from
     * @param target the column to predict
     * @throws IllegalArgumentException if there is no such column, or no other to predict it from
     */
    public static Features of(Frame train, String target) {
        return of(train, target, Target.areClasses(train.column(target)));
    }

    /** As {@link #of(Frame, String)}, with the target's task given. */
    public static Features of(Frame train, String target, boolean classes) {
        train.column(target);
        var features = new ArrayList<Feature>();
        for (var column : train.columns()) {
            if (column.name().equals(target)) continue;
            String reason = uselessness(column);
            if (reason == null) {
                features.add(of(column));
            } else {
                LOG.log(Level.DEBUG, "Column {0} is left out: {1}.", column.name(), reason);
            }
        }
        if (features.isEmpty()) {
            throw new IllegalArgumentException("Features.of: expected a column to predict " + target + " from."
                    + " Received " + train.names() + ", of which none says anything.");
        }
        return new Features(features, target, classes);
    }

    private static Feature of(Column column) {
        return switch (column.kind()) {
            case NUMBER, INTEGER -> Feature.number(column.name());
            case TEXT, BOOLEAN -> Feature.category(column.name());
            case DATE -> Feature.date(column.name());
            case LIST -> Feature.list(column.name());
        };
    }

    /** Why nothing can be learnt from a column; null if it can. */
    private static String uselessness(Column column) {
        var values = Arrays.stream(column.texts()).filter(Objects::nonNull).toList();
        long different = values.stream().distinct().count();
        if (different == 0) return "it has no value";
        if (different == 1 && values.size() == column.size()) return "it has one value alone, " + values.getFirst();
        boolean names = column.kind() == Kind.TEXT && different > MOSTLY_DIFFERENT * values.size() && different > 20;
        return names ? "it has " + different + " different texts in " + values.size() + " rows" : null;
    }

    /** The target as its values in training rows make it. */
    Target learnTarget(Frame train) {
        var column = train.column(target);
        return classes ? Target.classes(column) : Target.numbers(column);
    }
}
