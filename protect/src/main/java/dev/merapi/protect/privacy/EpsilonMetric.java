package dev.merapi.protect.privacy;

import dev.merapi.metric.Metric;

/** What is spent when it is asked, whatever it is shown. */
record EpsilonMetric(Private privacy) implements Metric<Object, Object> {
    @Override public String name() { return "epsilon"; }

    @Override public void update(Object prediction, Object target) {}

    @Override public double[] state() { return new double[0]; }

    @Override public void merge(double... state) { Metric.expectState(this, 0, state); }

    @Override public double value() { return privacy.ledger.steps() == 0 ? Double.NaN : privacy.spent().epsilon(); }

    @Override public void reset() {}

    @Override public boolean greaterIsBetter() { return false; }
}
