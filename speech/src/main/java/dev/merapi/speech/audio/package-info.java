/**
 * Sound as numbers: read from files of any usual format, whole or block by block, brought to a model's rate, written.
 *
 * <pre>{@code
 * var audio = Audio.read(Path.of("hello.flac")).mono().resample(16_000);
 * IO.println(audio.seconds() + " s, loudest " + audio.peak());
 * audio.write(Path.of("hello.wav"));
 * }</pre>
 */
package dev.merapi.speech.audio;
