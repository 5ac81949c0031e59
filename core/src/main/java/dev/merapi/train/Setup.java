package dev.merapi.train;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a fit makes of a trainer's settings before it begins. */
final class Setup {
    private Setup() {}

    /** By default the best epoch is that of the task's first metric. */
    static Monitor monitor(Trainer<?> trainer, boolean tested) {
        var names = new ArrayList<String>();
        if (tested) trainer.metrics.forEach(metric -> names.add(metric.name()));
        if (tested) names.add("loss");
        names.add("train_loss");
        if (trainer.plateau != null) checkName("reduceOnPlateau", trainer.plateauMetric, names);
        if (trainer.monitor != null) checkName("earlyStopping", trainer.monitor, names);
        String name = trainer.monitor == null ? names.getFirst() : trainer.monitor;
        return new Monitor(name, !smallerIsBetter(trainer).contains(name), trainer.patience);
    }

    private static void checkName(String setting, String name, List<String> names) {
        if (names.contains(name)) return;
        throw new IllegalArgumentException("Trainer." + setting + ": expected one of " + names + ". Received " + name
                + (names.size() > 1 ? "" : "; fit has no test set."));
    }

    static Set<String> smallerIsBetter(Trainer<?> trainer) {
        var names = new HashSet<>(Set.of("loss", "train_loss"));
        for (var metric : trainer.metrics) if (!metric.greaterIsBetter()) names.add(metric.name());
        return names;
    }

    static List<Listener> listeners(Trainer<?> trainer) {
        if (!trainer.strategy.isMain()) return List.of();
        var all = new ArrayList<Listener>();
        if (trainer.folder != null) all.add(new JsonLines(trainer.folder.resolve("metrics.jsonl")));
        all.addAll(trainer.listeners);
        return all;
    }
}
