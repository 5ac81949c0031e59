package dev.merapi.vision.convert;

import dev.merapi.io.ModelFolder;
import dev.merapi.train.Classification;
import dev.merapi.vision.model.DlibResNet;
import dev.merapi.vision.pipeline.ImageClassifier;
import dev.merapi.vision.transform.ImageProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The ResNet-34 that dlib's author trained on ImageNet, from his file to the names of what is in photos. The file is
 * looked for in {@code $MERAPI_CACHE/dlib}; it is in Debian's source package of dlib (19.24), among its models. The
 * photos are those of Debian's python3-skimage.
 */
@Tag("proof")
class DlibProofTest {
    private static final Path PHOTOS = Path.of("/usr/lib/python3/dist-packages/skimage/data");

    @TempDir Path folder;

    @Test void namesWhatIsInPhotos() {
        String cache = System.getenv("MERAPI_CACHE");
        assumeTrue(cache != null, "MERAPI_CACHE is not set: no weights");
        Path file = Path.of(cache, "dlib", "resnet34_1000_imagenet_classifier.dnn");
        assumeTrue(Files.exists(file), "There is no " + file + ", which is in the models of Debian's source of dlib");
        assumeTrue(Files.exists(PHOTOS.resolve("coffee.png")), "There is no " + PHOTOS + ". To get it: apt-get install"
                + " python3-skimage");
        DlibCheckpoint.convert(file, folder);
        try (var model = new DlibResNet(1000)) {
            ModelFolder.load(model, folder);
            model.eval();
            var classifier = new ImageClassifier(Classification.of(model, 1000), ImageProcessor.open(folder));
            assertBest("Egyptian cat", 0.75, classifier, "chelsea.png");
            assertBest("espresso", 0.97, classifier, "coffee.png");
        }
    }

    private static void assertBest(String label, double least, ImageClassifier classifier, String photo) {
        var best = classifier.classify(PHOTOS.resolve(photo)).best();
        System.out.println(photo + ": " + best);
        assertEquals(label, best.label().replace('_', ' '));
        assertTrue(best.probability() >= least, photo + ": " + best);
    }
}
