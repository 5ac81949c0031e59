/**
 * Recognisers that can be trained by name.
 *
 * <pre>{@code
 * try (var job = Recipes.named("speech-recognition").job("data=LibriSpeech/train-clean-100", "model=las")) {
 *     IO.println(job.fit(Path.of("runs/speech")).best("wer"));
 * }
 * }</pre>
 */
package dev.merapi.speech.recipe;
