/**
 * Sound changed at random, so that a model hears more than there is: speed, pitch, noise, rooms, and holes in spectra.
 *
 * <pre>{@code
 * var random = new SplittableRandom(1337);
 * var other = new SpeedChange(0.9, 1.1).apply(audio, random);
 * var noisy = AddNoise.white(10, 20).apply(other, random);
 * var holes = SpecAugment.of(80).apply(features, random);     // (80, frames)
 * }</pre>
 */
package dev.merapi.speech.augment;
