/**
 * Trained models, ready for pictures.
 *
 * <pre>{@code
 * try (var classifier = ImageClassifier.open(Path.of("runs/flowers"))) {
 *     IO.println(classifier.classify(Path.of("rose.jpg")).top(3));
 * }
 * }</pre>
 */
package dev.merapi.vision.pipeline;
