package dev.merapi.tabular.recipe;

import dev.merapi.io.Nearest;
import dev.merapi.tabular.data.Feature;
import dev.merapi.tabular.data.Features;
import dev.merapi.tabular.data.Field;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.Leakage;
import dev.merapi.tabular.data.Table;
import dev.merapi.tabular.data.TableSplit;
import dev.merapi.tabular.data.Target;
import dev.merapi.tabular.recipe.TableConfig.Chosen;
import dev.merapi.tabular.recipe.TableConfig.Task;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows that settings name: which are learnt from, which are held out, and what is seen of them.
 *
 * @param kinds of columns that a run has learnt from; none of a new one
 */
record TableData(TableConfig config, List<Field> kinds) {
    private static final System.Logger LOG = System.getLogger(TableData.class.getName());
    private static final int LOOKED_AT = 100_000; // rows of a table larger than memory by which features are chosen

    /** A table that settings name: a file, or a query. */
    private Table table(String setting, String from) {
        if (from.isEmpty()) {
            throw new IllegalArgumentException(setting + ": expected a table, such as titanic.csv. Received none; add "
                    + setting + "=<file>.");
        }
        return Table.of(from, kinds);
    }

    /** The rows with a target, without the columns to drop. */
    Frame rows() { return rows("data", config.data()); }

    private Frame rows(String setting, String from) {
        var all = table(setting, from).frame();
        if (setting.equals("data")) expectNamed(all);
        var complete = known(all);
        if (complete.size() > 0) return complete;
        throw new IllegalArgumentException(setting + ": expected rows with a " + config.target() + ". Received none.");
    }

    /** That columns which settings name are there; of the target {@link #known} says more. */
    private void expectNamed(Frame all) {
        for (String name : config.drop()) expectNamed("drop", name, all);
        if (!config.aucBy().isEmpty()) expectNamed("auc_by", config.aucBy(), all);
        if (config.split() != Chosen.RANDOM) expectNamed("by", config.by(), all);
        for (String cross : config.crosses()) {
            for (String name : cross.split("\\*")) expectNamed("crosses", name, all);
        }
    }

    private static void expectNamed(String setting, String name, Frame all) {
        if (all.has(name)) return;
        throw new IllegalArgumentException(setting + ": expected columns of " + all.names() + ". Received " + name
                + Nearest.near(name, all.names()).map(near -> "; did you mean " + near + "?").orElse("."));
    }

    private Frame known(Frame all) {
        if (config.target().isEmpty()) {
            throw new IllegalArgumentException("target: expected one of the columns " + all.names()
                    + ". Received none; add target=<column>.");
        }
        all.column(config.target());
        var some = all.without(config.drop().stream().filter(all::has).toArray(String[]::new));
        var complete = some.complete(config.target());
        if (complete.size() < some.size()) {
            LOG.log(Level.INFO, "{0} of {1} rows have no {2} and are left out.", some.size() - complete.size(),
                    some.size(), config.target());
        }
        return complete;
    }

    /** Rows to learn from, and rows to measure with. */
    TableSplit.Fold fold() {
        var rows = rows();
        if (!config.test().isEmpty()) return new TableSplit.Fold(rows, rows("test", config.test()));
        return switch (config.split()) {
            case RANDOM -> areClasses(rows)
                    ? TableSplit.stratified(rows, config.target(), config.testFraction(), config.seed())
                    : TableSplit.random(rows, config.testFraction(), config.seed());
            case TEMPORAL -> TableSplit.temporal(rows, config.by(), config.testFraction());
            case GROUPED -> TableSplit.grouped(rows, config.by(), config.testFraction(), config.seed());
        };
    }

    /** Folds of all rows in which each is held out once. */
    List<TableSplit.Fold> folds(int count) {
        var rows = rows();
        if (config.split() == Chosen.GROUPED) return TableSplit.groupedKFold(rows, config.by(), count, config.seed());
        return areClasses(rows) ? TableSplit.stratifiedKFold(rows, config.target(), count, config.seed())
                : TableSplit.kFold(rows, count, config.seed());
    }

    // ---- tables larger than memory

    /** Tables to learn from and to measure with, none of whose rows is read yet. */
    TableSplit.Tables tables() {
        var all = complete(table("data", config.data()));
        if (!config.test().isEmpty()) return new TableSplit.Tables(all, complete(table("test", config.test())));
        if (config.split() == Chosen.RANDOM) {
            return TableSplit.everyNth(all, (int) Math.max(2, Math.round(1 / config.testFraction())));
        }
        throw new IllegalArgumentException("split: expected random for a table that is read part by part, or another"
                + " table to measure with by test=<file>. Received " + config.split().name().toLowerCase());
    }

    private Table complete(Table table) {
        return table.where("\"" + config.target().replace("\"", "\"\"") + "\" is not null");
    }

    /** The first rows of a table larger than memory. */
    Frame head(Table table) {
        try (var parts = table.frames(LOOKED_AT)) {
            if (parts.hasNext()) {
                var first = parts.next();
                expectNamed(first);
                return known(first);
            }
        }
        throw new IllegalArgumentException("data: expected rows with a " + config.target() + ". Received none.");
    }

    // ---- features

    private boolean areClasses(Frame rows) {
        return config.task() == Task.AUTO ? Target.areClasses(rows.column(config.target()))
                : config.task() == Task.CLASSES;
    }

    /** Tells a user which columns are not looked at, and warns of those that tell the target. */
    void tell(Frame train) {
        var seen = features(train).features().stream().flatMap(feature -> feature.columns().stream()).toList();
        var others = train.names().stream().filter(name -> !seen.contains(name) && !name.equals(config.target()))
                .toList();
        if (!others.isEmpty()) {
            LOG.log(Level.INFO, "Left out, as they hold one value, none, or mostly different texts: "
                    + String.join(", ", others));
        }
        Leakage.find(train, config.target()).forEach(warning -> LOG.log(Level.WARNING, warning));
    }

    /** What a model is to see, by the rows to learn from. */
    Features features(Frame train) {
        // a group that was never seen says nothing
        var seen = config.split() == Chosen.GROUPED ? train.without(config.by()) : train;
        var found = Features.of(seen, config.target(), areClasses(train));
        var features = new ArrayList<Feature>();
        for (var feature : found.features()) {
            features.add(feature instanceof Feature.Category category ? category.minCount(config.minCount())
                    : feature);
        }
        for (String cross : config.crosses()) features.add(Feature.cross(config.buckets(), cross.split("\\*")));
        return new Features(features, config.target(), found.classes());
    }
}
