/**
 * Brings weights that other libraries published into model folders.
 *
 * <pre>{@code
 * DlibCheckpoint.convert(Path.of("resnet34_1000_imagenet_classifier.dnn"), Path.of("resnet34-imagenet"));
 * try (var model = new DlibResNet(1000)) {
 *     ModelFolder.load(model, Path.of("resnet34-imagenet"));
 * }
 * }</pre>
 */
package dev.merapi.vision.convert;
