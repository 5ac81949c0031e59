/**
 * What models hear of sound: spectra, mel bands, cepstra, where somebody speaks. All work on tensors, most of them with
 * gradients.
 *
 * <pre>{@code
 * var audio = Audio.read(Path.of("hello.wav"), 16_000);
 * Tensor bands = new LogMel(MelConfig.WHISPER).forward(audio);              // (80, frames)
 * Tensor cepstra = new Mfcc(MelConfig.of(16_000), 13).forward(audio);       // (13, frames)
 * SpectrogramPlot.of(audio).write(Path.of("hello.png"));
 * }</pre>
 */
package dev.merapi.speech.feature;
