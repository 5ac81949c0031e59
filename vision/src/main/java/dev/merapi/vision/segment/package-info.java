/**
 * The class of each pixel of a picture: networks on any backbone, a loss, and how well masks agree.
 *
 * <pre>{@code
 * var model = new UNet(new ResNet(ResNet.Config.RESNET18, 1), 16, 21);
 * var task = new SegmentationTask<>(model, new CrossEntropy(), 21);
 * Trainer.of(task).optimizer(m -> new AdamW(m, 1e-3)).epochs(20).fit(train, test);
 * }</pre>
 */
package dev.merapi.vision.segment;
