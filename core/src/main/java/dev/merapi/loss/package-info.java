/**
 * Losses: what training makes small.
 *
 * <pre>{@code
 * var loss = new CrossEntropy().labelSmoothing(0.1);
 * loss.forward(model.forward(x), labels).backward();
 * }</pre>
 */
package dev.merapi.loss;
