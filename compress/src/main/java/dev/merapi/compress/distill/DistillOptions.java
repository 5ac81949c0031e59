package dev.merapi.compress.distill;

import dev.merapi.tensor.Expect;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much a student listens to what.
 *
 * @param temperature by which the logits of both are divided: the higher, the more it learns of unlikely classes
 * @param soft the share of the teacher's answers in the loss; the rest is the task's own
 * @param features weight of {@linkplain Distillation features} beside these
 * @param attention weight of {@linkplain Distillation attention} beside these
 * @param pairs names of the student's layers whose outputs are compared, and of the teacher's each with
 */
public record DistillOptions(double temperature, double soft, double features, double attention,
        Map<String, String> pairs) {
    /** Answers alone, as in Hinton et al. 2015. */
    public static final DistillOptions DEFAULT = new DistillOptions(4, 0.7, 0, 0, Map.of());

    public DistillOptions {
        Expect.positive("DistillOptions.temperature", temperature);
        Expect.probability("DistillOptions.soft", soft);
        Expect.atLeast("DistillOptions.features", 0, features);
        Expect.atLeast("DistillOptions.attention", 0, attention);
        Expect.that(features + attention == 0 || !pairs.isEmpty(), "DistillOptions.pairs",
                "layers to compare, for features or attention have a weight", "none");
        pairs = new LinkedHashMap<>(pairs);
    }

    /** The same with another temperature. */
    public DistillOptions temperature(double temperature) {
        return new DistillOptions(temperature, soft, features, attention, pairs);
    }

    /** The same with another share of the teacher's answers. */
    public DistillOptions soft(double soft) {
        return new DistillOptions(temperature, soft, features, attention, pairs);
    }

    /** The same with what layers give, weighted. */
    public DistillOptions layers(double features, double attention, Map<String, String> pairs) {
        return new DistillOptions(temperature, soft, features, attention, pairs);
    }
}
