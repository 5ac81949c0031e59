/**
 * Trained recognisers in use: recordings to texts with times, subtitles, the microphone.
 *
 * <pre>{@code
 * try (var recognizer = SpeechRecognizer.open(Path.of("runs/speech"))) {
 *     Transcript said = recognizer.transcribe(Path.of("lecture.mp3"));
 *     IO.println(said.text());
 *     Subtitles.SRT.write(said, Path.of("lecture.srt"));
 * }
 * }</pre>
 */
package dev.merapi.speech.pipeline;
