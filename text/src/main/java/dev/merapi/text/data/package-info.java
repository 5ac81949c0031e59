/**
 * Texts to learn from: read, checked, fetched if need be.
 *
 * <pre>{@code
 * var data = TextData.read(Path.of("train.csv"), Path.of("test.csv"), "review", "stars");
 * var words = WordTokenizer.train(data.train().stream().map(LabeledText::text), 20_000);
 * var train = Loader.of(data.train(), 64, Collate.pad(t -> words.encode(t.text()), LabeledText::label, 0));
 * }</pre>
 */
package dev.merapi.text.data;
