/**
 * What was said, with its times, whatever model heard it.
 *
 * <pre>{@code
 * try (var model = Transcriber.open(Path.of("whisper-tiny"), Device.CPU)) {
 *     SpokenText said = model.predict(Audio.read(Path.of("talk.wav")));
 *     IO.println(said.text());
 *     said.segments().forEach(IO::println);                // [0.00 → 2.40] …
 * }
 * }</pre>
 */
package dev.merapi.speech.transcript;
