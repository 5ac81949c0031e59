/**
 * Image data sets: read, fetched if need be, and turned into batches.
 *
 * <pre>{@code
 * var data = FashionMnist.subset().augment(new RandomFlip());
 * for (var batch : data.train(64)) {
 *     var loss = new CrossEntropy().of(model.forward(batch.x()), batch.y());
 * }
 * }</pre>
 */
package dev.merapi.vision.data;
