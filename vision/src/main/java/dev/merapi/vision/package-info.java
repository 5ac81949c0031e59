/**
 * Images in memory, and what models learn from.
 *
 * <pre>{@code
 * var image = Image.read(Path.of("cat.jpg"));                     // 8 bits a channel, (height, width, 3)
 * var small = new Resize(224).apply(image, new SplittableRandom());
 * var x = Normalize.IMAGENET.batch(List.of(small));               // float32 (1, 3, 224, 224)
 * var classes = model.forward(x).softmax(-1);
 * }</pre>
 */
package dev.merapi.vision;
