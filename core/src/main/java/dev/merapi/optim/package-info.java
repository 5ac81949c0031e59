/**
 * Optimizers, learning-rate schedules, gradient clipping and averaged weights.
 *
 * <pre>{@code
 * var adam = new AdamW(model, 1e-3);
 * loss.backward();
 * Clip.norm(model, 1.0);
 * adam.step();
 * }</pre>
 */
package dev.merapi.optim;
