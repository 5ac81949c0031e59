/**
 * Models of speech that others have trained, found by what lies in their folder.
 *
 * <pre>{@code
 * try (var model = Predictor.open(Path.of("whisper-tiny")).as(Audio.class, SpokenText.class)) {
 *     IO.println(model.predict(Audio.read(Path.of("talk.wav"))).text());
 * }
 * }</pre>
 */
package dev.merapi.speech.pretrained;
