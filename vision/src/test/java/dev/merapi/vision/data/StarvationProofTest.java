package dev.merapi.vision.data;

import dev.merapi.data.Batch;
import dev.merapi.data.Loader;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.AdamW;
import dev.merapi.tensor.Scope;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.model.Classifiers;
import dev.merapi.vision.transform.ColorJitter;
import dev.merapi.vision.transform.RandomCrop;
import dev.merapi.vision.transform.RandomFlip;
import dev.merapi.vision.transform.Transform;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Reading and augmenting on one worker never starves training: a step is under way for at least 95 % of the time. */
@Tag("proof")
class StarvationProofTest {
    @TempDir Path folder;

    @Test void clothesAugmented() {
        var data = FashionMnist.subset().augment(Transform.of(new RandomCrop(28, 2), new RandomFlip()));
        try (var train = data.train(64)) {
            assertFed("Fashion-MNIST", train, Classifiers.mnistCnn(10));
        }
    }

    @Test void photosDecodedAndAugmented() throws IOException {
        for (int i = 0; i < 6400; i++) write("train/%d/%d.jpg".formatted(i % 2, i));
        write("test/0/a.jpg");
        var data = ImageFolder.split(folder, Normalize.CIFAR10)
                .augment(Transform.of(new RandomCrop(32, 4), new RandomFlip(), ColorJitter.of(0.2)));
        try (var train = data.train(64)) {
            assertFed("JPEG files of 32x32, decoded", train, Classifiers.cifarCnn(2));
            assertFed("JPEG files of 32x32, in memory", train, Classifiers.cifarCnn(2));
        }
    }

    private static void assertFed(String what, Loader<Batch> train, Sequential model) {
        try (model; var batches = train.iterator(); var optimizer = new AdamW(model, 1e-3)) {
            long start = System.nanoTime();
            while (batches.hasNext()) {
                Batch batch = batches.next();
                try (var _ = Scope.open()) {
                    var loss = new CrossEntropy().forward(model.forward(batch.x()), batch.y());
                    optimizer.zeroGrad();
                    loss.backward();
                    optimizer.step();
                }
            }
            double part = (double) batches.waitedNanos() / (System.nanoTime() - start);
            System.out.printf("%s: waited for %.2f %% of %.1f s%n", what, 100 * part,
                    (System.nanoTime() - start) / 1e9);
            assertTrue(part < 0.05, what + ": waited for " + 100 * part + " % of the time");
        }
    }

    private void write(String name) throws IOException {
        var noise = new SplittableRandom(name.hashCode());
        var image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 1024; i++) image.setRGB(i % 32, i / 32, noise.nextInt());
        Files.createDirectories(folder.resolve(name).getParent());
        ImageIO.write(image, "jpg", folder.resolve(name).toFile());
    }
}
