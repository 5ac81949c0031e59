/**
 * Image augmentation: each transform is a small record from image to image, exact where it can be, and random only
 * through the generator it is given.
 *
 * <pre>{@code
 * var augment = Transform.of(new RandomCrop(32, 4), new RandomFlip(), ColorJitter.of(0.2), new Cutout(8));
 * Image seen = augment.apply(image, new SplittableRandom(1));
 * Image again = augment.apply(image, new SplittableRandom(1));    // the same
 * }</pre>
 */
package dev.merapi.vision.transform;
