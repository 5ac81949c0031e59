package dev.merapi.protect.privacy;

import java.util.Locale;

/**
 * What a training has spent.
 *
 * @param epsilon of (ε, δ)-differential privacy for adding or taking away one sample
 * @param delta the chance that it does not hold
 * @param noise the last steps' multiplier
 * @param rate the last steps' sampling rate
 * @param steps taken so far
 */
public record PrivacySpent(double epsilon, double delta, double noise, double rate, long steps) {
    /** {@code ε 2.98 at δ 1e-05 after 900 steps (noise 1.21, sampling rate 0.0341)}. */
    @Override public String toString() {
        return String.format(Locale.ROOT, "ε %.4g at δ %.3g after %d steps (noise %.4g, sampling rate %.4g)", epsilon,
                delta, steps, noise, rate);
    }
}
