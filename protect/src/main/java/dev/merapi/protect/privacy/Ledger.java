package dev.merapi.protect.privacy;

import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.List;

/**
 * What was done to the data: steps of the Gaussian mechanism on Poisson samples, with noise and sampling rates that may
 * change. An {@link Accountant} turns it into an ε.
 *
 * <pre>{@code
 * var ledger = new Ledger();
 * ledger.add(1.5, 0.04, 2250);
 * IO.println(Accountant.RDP.epsilon(ledger.phases(), 1e-5)); // 7.329
 * }</pre>
 */
public final class Ledger {
    /**
     * Equal steps.
     *
     * @param noise the multiplier σ: the noise's deviation through the greatest norm of a sample's part
     * @param rate chance of each sample to be in a step, above 0 up to 1
     * @param steps from 1
     */
    public record Phase(double noise, double rate, long steps) {
        public Phase {
            Expect.atLeast("Ledger.noise", 0, noise);
            Expect.that(rate > 0 && rate <= 1, "Ledger.rate", "a sampling rate above 0 and up to 1", rate);
            Expect.atLeast("Ledger.steps", 1, steps);
        }
    }

    private final List<Phase> phases = new ArrayList<>();

    /** Adds steps. */
    public void add(double noise, double rate, long steps) {
        var last = phases.isEmpty() ? null : phases.getLast();
        if (last != null && last.noise == noise && last.rate == rate) {
            phases.set(phases.size() - 1, new Phase(noise, rate, last.steps + steps));
        } else {
            phases.add(new Phase(noise, rate, steps));
        }
    }

    /** What was added, equal neighbours together. */
    public List<Phase> phases() { return List.copyOf(phases); }

    /** Steps in all. */
    public long steps() { return phases.stream().mapToLong(Phase::steps).sum(); }

    /** Holds these from now on. */
    void restore(List<Phase> spent) {
        phases.clear();
        phases.addAll(spent);
    }
}
