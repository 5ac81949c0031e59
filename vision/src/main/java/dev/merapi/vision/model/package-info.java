/**
 * Networks for images. Each takes float32 (N, C, H, W) and gives logits (N, classes): the softmax is in the loss.
 *
 * <pre>{@code
 * var model = new ResNet(ResNet.Config.RESNET18, 10);
 * var logits = model.forward(batch.x());
 * var loss = new CrossEntropy().forward(logits, batch.y());
 * }</pre>
 */
package dev.merapi.vision.model;
