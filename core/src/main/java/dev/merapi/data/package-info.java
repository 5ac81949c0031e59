/**
 * Data sets, and loaders that turn them into batches on other threads.
 *
 * <pre>{@code
 * var parts = Split.random(Dataset.of(x, y), 1337, 0.8, 0.2);
 * for (var batch : Loader.of(parts.getFirst(), 64).shuffle(1337)) {
 *     var loss = new CrossEntropy().forward(model.forward(batch.x()), batch.y());
 * }
 * }</pre>
 */
package dev.merapi.data;
