package dev.merapi.protect.privacy;

import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.List;

/**
 * Bounds the ε of (ε, δ)-differential privacy for samples that are added or taken away. Both ways give upper bounds;
 * the second is tighter and takes longer.
 */
public enum Accountant {
    /** {@link RdpAccountant Rényi divergences}. */
    RDP {
        @Override double bound(List<Ledger.Phase> phases, double delta) { return RdpAccountant.epsilon(phases, delta); }
    },
    /** {@link PrvAccountant Numerical composition of privacy loss}. */
    PRV {
        @Override double bound(List<Ledger.Phase> phases, double delta) { return PrvAccountant.epsilon(phases, delta); }
    };

    private static final double MOST = 1e6; // noise multipliers looked for

    abstract double bound(List<Ledger.Phase> phases, double delta);

    /**
     * The ε spent.
     *
     * @param delta above 0, below 1; below 1 / number of samples to mean anything
     * @return 0 without steps, infinite where there was no noise
     */
    public double epsilon(List<Ledger.Phase> phases, double delta) {
        expectDelta(delta);
        if (phases.isEmpty()) return 0;
        if (phases.stream().anyMatch(phase -> phase.noise() == 0)) return Double.POSITIVE_INFINITY;
        return Math.max(0, bound(phases, delta));
    }

    /**
     * The least noise multiplier with which so many steps spend at most {@code epsilon}, to 0.1 %.
     *
     * @throws IllegalArgumentException unless ε is above 0, and where no noise is enough
     */
    public double noise(double epsilon, double delta, double rate, long steps) {
        return noise(List.of(), epsilon, delta, rate, steps);
    }

    /** As {@link #noise(double, double, double, long)}, after steps that have spent some already. */
    double noise(List<Ledger.Phase> spent, double epsilon, double delta, double rate, long steps) {
        Expect.positive("Accountant.epsilon", epsilon);
        expectDelta(delta);
        double low = 0, high = 1;
        while (spends(spent, high, rate, steps, delta) > epsilon) {
            low = high;
            high *= 2;
            if (high > MOST) {
                throw Expect.error("Accountant.noise", "an ε that some noise reaches", epsilon,
                        "; allow more, take fewer steps, or smaller batches");
            }
        }
        while (high - low > 1e-3 * high) {
            double middle = (low + high) / 2;
            if (spends(spent, middle, rate, steps, delta) > epsilon) low = middle;
            else high = middle;
        }
        return high;
    }

    private double spends(List<Ledger.Phase> spent, double noise, double rate, long steps, double delta) {
        var all = new ArrayList<>(spent);
        all.add(new Ledger.Phase(noise, rate, steps));
        return epsilon(all, delta);
    }

    private static void expectDelta(double delta) {
        Expect.that(delta > 0 && delta < 1, "Accountant.delta", "a δ above 0 and below 1, such as 1e-5", delta);
    }
}
