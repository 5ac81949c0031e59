/**
 * Image data sets: read, fetched if need be, and turned into batches; and pictures with boxes or masks, in the formats
 * of Pascal VOC, COCO and YOLO.
 *
 * <pre>{@code
 * var data = FashionMnist.subset().augment(new RandomFlip());
 * for (var batch : data.train(64)) {
 *     var loss = new CrossEntropy().forward(model.forward(batch.x()), batch.y());
 * }
 * }</pre>
 */
package dev.merapi.vision.data;
