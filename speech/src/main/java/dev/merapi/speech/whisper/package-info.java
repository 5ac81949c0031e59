/**
 * Whisper: speech of many languages as text, with times, from folders as Hugging Face has them.
 *
 * <pre>{@code
 * try (var whisper = WhisperTranscriber.open(Path.of("whisper-tiny"))) {
 *     var said = whisper.options(WhisperOptions.DEFAULT.language("en")).predict(Audio.read(Path.of("talk.mp3")));
 *     IO.println(said.text());
 * }
 * }</pre>
 */
package dev.merapi.speech.whisper;
