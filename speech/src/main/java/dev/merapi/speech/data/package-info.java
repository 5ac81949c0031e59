/**
 * Recordings with what is said in them: from tables and from the folders that corpora come in.
 *
 * <pre>{@code
 * var speech = SpeechFolder.read(Path.of("LibriSpeech/train-clean-100"), BadClip.FAIL);
 * var alphabet = Alphabet.of(speech.utterances().stream().map(Utterance::text));
 * long[] ids = alphabet.encode("hello");
 * }</pre>
 */
package dev.merapi.speech.data;
