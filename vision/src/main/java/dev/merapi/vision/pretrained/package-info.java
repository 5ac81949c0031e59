/**
 * Networks with the weights of others: from folders in Hugging Face's layout, or from its hub.
 *
 * <pre>{@code
 * try (var model = Vision.load("microsoft/resnet-50")) {
 *     IO.println(model.classifier().classify(Path.of("cat.jpg")).top(5));
 * }
 * }</pre>
 */
package dev.merapi.vision.pretrained;
