/**
 * Losses: what training makes small.
 *
 * <pre>{@code
 * var loss = new CrossEntropy().withLabelSmoothing(0.1);
 * loss.of(model.forward(x), labels).backward();
 * }</pre>
 */
package dev.merapi.loss;
