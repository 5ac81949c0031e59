/**
 * Words of a voice command, told apart by networks small enough to listen all the time.
 *
 * <pre>{@code
 * try (var words = SoundClassifier.open(Path.of("runs/commands"))) {
 *     IO.println(words.predict(Audio.read(Path.of("x.wav"))).best());         // yes 99.2 %
 * }
 * }</pre>
 */
package dev.merapi.speech.command;
