/**
 * Pictures as vectors that lie near each other where the pictures show the same: networks, losses that teach it, and
 * how well it is found again.
 *
 * <pre>{@code
 * var model = new EmbeddingModel(new ResNet(ResNet.Config.RESNET18, 1), 128);
 * var task = EmbeddingTask.arcFace(model, 500, 0.3, 32);          // 500 classes to learn from
 * Trainer.of(task).optimizer(m -> new AdamW(m, 1e-3)).epochs(20).fit(train, test);
 * Tensor vectors = model.forward(x);                              // (N, 128), of length 1
 * }</pre>
 */
package dev.merapi.vision.embed;
