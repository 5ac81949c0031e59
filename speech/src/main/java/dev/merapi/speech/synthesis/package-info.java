/**
 * Voices: texts as sound, by FastSpeech 2 and HiFi-GAN.
 *
 * <pre>{@code
 * try (var voice = Synthesizer.open(Path.of("runs/voice"));
 *         var vocoder = Vocoder.open(Path.of("runs/vocoder"))) {
 *     voice.vocoder(vocoder).predict("hello world").write(Path.of("hello.wav"));
 * }
 * }</pre>
 */
package dev.merapi.speech.synthesis;
