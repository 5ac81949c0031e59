/**
 * wav2vec 2 and HuBERT with heads for letters, from folders as Hugging Face has them.
 *
 * <pre>{@code
 * try (var model = Wav2VecTranscriber.open(Path.of("wav2vec2-base-960h"))) {
 *     IO.println(model.predict(Audio.read(Path.of("talk.wav"))).text());
 * }
 * }</pre>
 */
package dev.merapi.speech.wav2vec;
