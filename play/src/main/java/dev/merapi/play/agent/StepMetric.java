package dev.merapi.play.agent;

import dev.merapi.metric.Metric;
import java.util.function.LongSupplier;

/** How many steps of environments an agent has learned from, beside what it is worth then. */
record StepMetric(LongSupplier steps) implements Metric<Object, Object> {
    @Override public String name() { return "env_steps"; }

    @Override public void update(Object prediction, Object target) { }

    @Override public double[] state() { return new double[0]; }

    @Override public void merge(double... state) { }

    @Override public double value() { return steps.getAsLong(); }

    @Override public void reset() { }
}
