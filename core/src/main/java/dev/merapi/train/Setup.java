package dev.merapi.train;

import dev.merapi.tensor.Device;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a fit makes of a trainer's settings before it begins. */
final class Setup {
    private Setup() {}

    /** Refuses what no fit can begin with, before anything is written. */
    static void expectReady(Trainer<?> trainer, boolean tested) {
        expectGradients("Trainer.fit");
        if (trainer.device().kind() == Device.Kind.META && !trainer.strategy.givesValues()) {
            throw new IllegalArgumentException("Trainer.fit: expected a model with values. Received one on meta; load"
                    + " its weights, or build it on another device.");
        }
        monitor(trainer, tested);
        expectOptimizer(trainer);
        if (trainer.ema != 0) expectAllWeights(trainer, "Trainer.ema", "");
        if (trainer.remembered != null && trainer.strategy.world() > 1) {
            throw new IllegalArgumentException("Trainer.remember: expected one process, whose memory a checkpoint"
                    + " keeps. Received " + trainer.strategy.world() + " ranks; train with one.");
        }
        if (trainer.patience < Integer.MAX_VALUE && trainer.folder == null) {
            expectAllWeights(trainer, "Trainer.earlyStopping", "; give the trainer a folder for the best weights");
        }
    }

    private static void expectAllWeights(Trainer<?> trainer, String where, String advice) {
        if (trainer.strategy.keepsWeights()) return;
        throw new IllegalArgumentException(where + ": expected a strategy that keeps all weights between steps."
                + " Received " + trainer.strategy.getClass().getSimpleName() + ", whose ranks have a part each"
                + advice + ".");
    }

    static void expectOptimizer(Trainer<?> trainer) {
        if (!trainer.optimizers.isEmpty()) return;
        throw new IllegalArgumentException("Trainer.fit: expected an optimizer. Call optimizer(m -> new Adam(m, 1e-3))"
                + " first.");
    }

    /** Refuses to learn where nothing is recorded to learn from. */
    static void expectGradients(String where) {
        if (Torch.isGradEnabled()) return;
        throw new IllegalStateException(where + ": expected a place where gradients are recorded. Received a call"
                + " inside " + (Torch.isInference() ? "Torch.inference()" : "Torch.noGrad()")
                + "; close that guard first.");
    }

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
