/**
 * How far a model can be trusted: attacks on its inputs and defences against them, common corruptions, calibration,
 * inputs from elsewhere, and what it tells of those it was trained on.
 *
 * <pre>{@code
 * var attack = Pgd.of(Norm.L_INF, 0.1);
 * var worse = attack.perturb(model, x, y);                                    // x within 0.1, taken for another class
 * }</pre>
 *
 * Attacks take inputs between 0 and 1, as pixels are before a model's normalisation; {@link PixelRange} puts that in
 * front of a model. In comments B is inputs, C channels, H and W the sides.
 */
package dev.merapi.protect.robustness;
