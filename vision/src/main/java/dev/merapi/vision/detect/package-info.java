/**
 * Finding things in pictures: boxes as tensors, and how well they are found.
 *
 * <pre>{@code
 * Tensor kept = Nms.byClass(boxes, scores, labels, 0.5);        // positions, the best first
 * var map = new MeanAveragePrecision(20);                       // COCO's
 * map.update(found, known);
 * IO.println(map.scores().ap50());
 * }</pre>
 */
package dev.merapi.vision.detect;
