/**
 * From a model's scores to words: greedy and by beams with a language model, where each word lies in the sound, and how
 * far a text is from what was said.
 *
 * <pre>{@code
 * var model = KneserNey.train(List.of("press one", "press two"), 3);
 * var search = new PrefixBeamSearch(alphabet, DecodeOptions.of(50).model(model, 0.6, 1));
 * String text = search.best(logProbabilities).text();                 // of (frames, classes)
 * IO.println(WordAlignment.of("press two", text));                    // what was missed, added, mistaken
 * }</pre>
 */
package dev.merapi.speech.decode;
