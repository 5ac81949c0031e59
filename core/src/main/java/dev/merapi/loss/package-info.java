/**
 * Losses: what training makes small.
 *
 * <pre>{@code
 * var loss = new CrossEntropy().withLabelSmoothing(0.1);
 * loss.forward(model.forward(x), labels).backward();
 * }</pre>
 */
package dev.merapi.loss;
