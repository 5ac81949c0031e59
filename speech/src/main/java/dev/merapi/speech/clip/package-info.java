/**
 * Sound files in folders: one for each word, or one for each speaker.
 *
 * <pre>{@code
 * var split = SoundFolder.split(Path.of("speech_commands"), 0.1, 1337);
 * IO.println(split.train().files().size() + " clips of " + split.train().classes());
 * var clip = new SoundProcessor(16_000, 1, 40, split.train().classes()).fit(Audio.read(Path.of("yes.wav"), 16_000));
 * }</pre>
 */
package dev.merapi.speech.clip;
