package dev.merapi.protect.privacy;

import dev.merapi.tensor.Expect;

/**
 * How private a training is to be: a budget ε that the noise is chosen for, or the noise itself.
 *
 * <pre>{@code
 * var options = PrivacyOptions.target(3, 1e-5).clip(1).microBatch(256);
 * }</pre>
 *
 * @param epsilon the budget; NaN where the noise is given
 * @param noise the multiplier σ of the greatest norm; NaN where it follows from the budget
 * @param delta the chance that ε does not hold, below 1 / number of samples
 * @param clipping of each sample's gradient
 * @param microBatch samples in one pass through the model, of which a batch may take several; memory follows from it
 * @param accountant what ε is computed by
 * @param secure whether noise comes from a cryptographic generator, so that it cannot be repeated, nor taken away
 * @param seed of the noise where it does not
 */
public record PrivacyOptions(double epsilon, double noise, double delta, Clipping clipping, int microBatch,
        Accountant accountant, boolean secure, long seed) {
    public PrivacyOptions {
        if (Double.isNaN(noise)) {
            Expect.that(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY, "PrivacyOptions.epsilon",
                    "a budget above 0, such as 3", epsilon);
        } else {
            Expect.that(noise >= 0 && noise < Double.POSITIVE_INFINITY, "PrivacyOptions.noise",
                    "a multiplier from 0, such as 1.1", noise);
            Expect.that(noise == 0 || clipping.norm() < Double.POSITIVE_INFINITY, "PrivacyOptions.clipping",
                    "a finite norm where there is noise, which is a multiple of it", clipping);
        }
        Expect.that(delta > 0 && delta < 1, "PrivacyOptions.delta", "a δ above 0 and below 1, such as 1e-5", delta);
        Expect.atLeast("PrivacyOptions.microBatch", 1, microBatch);
    }

    /** As much noise as spends ε in the steps of the training; clipped to a norm of 1, accounted by RDP. */
    public static PrivacyOptions target(double epsilon, double delta) {
        return new PrivacyOptions(epsilon, Double.NaN, delta, new Clipping.Flat(1), 512, Accountant.RDP, false, 1337);
    }

    /** This much noise, whatever it spends; clipped to a norm of 1, accounted by RDP. */
    public static PrivacyOptions noise(double multiplier, double delta) {
        return new PrivacyOptions(Double.NaN, multiplier, delta, new Clipping.Flat(1), 512, Accountant.RDP, false,
                1337);
    }

    /** The same with gradients clipped to this norm over all parameters. */
    public PrivacyOptions clip(double norm) { return clipping(new Clipping.Flat(norm)); }

    /** The same with another way of clipping. */
    public PrivacyOptions clipping(Clipping way) {
        return new PrivacyOptions(epsilon, noise, delta, way, microBatch, accountant, secure, seed);
    }

    /** The same with so many samples in a pass. */
    public PrivacyOptions microBatch(int samples) {
        return new PrivacyOptions(epsilon, noise, delta, clipping, samples, accountant, secure, seed);
    }

    /** The same accounted otherwise. */
    public PrivacyOptions accountant(Accountant way) {
        return new PrivacyOptions(epsilon, noise, delta, clipping, microBatch, way, secure, seed);
    }

    /** The same with noise from a cryptographic generator. A resumed run then differs from one that was not stopped. */
    public PrivacyOptions secure(boolean on) {
        return new PrivacyOptions(epsilon, noise, delta, clipping, microBatch, accountant, on, seed);
    }

    /** The same with another seed of the noise, and of which samples a batch holds. */
    public PrivacyOptions seed(long seed) {
        return new PrivacyOptions(epsilon, noise, delta, clipping, microBatch, accountant, secure, seed);
    }
}
