package dev.merapi.vision.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.data.Coco;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Detection and segmentation on real pictures; some minutes each. {@code $MERAPI_CACHE/photos} is to hold the
 * photos on which {@link ClothesOnPhotos} composes scenes, and {@code $MERAPI_CACHE/dlib-faces} dlib's photos with
 * faces; {@code docs/results/vision.md} says where from.
 */
@Tag("proof")
class SceneProofTest {
    @TempDir Path temp;

    @Test void fcosFindsClothesOnPhotos() throws IOException {
        try (var job = new DetectionRecipe().job("data=" + clothes(), "image_size=96", "epochs=24")) {
            assertReaches("map_50", 0.78, job);
        }
    }

    @Test void ssdFindsClothesOnPhotos() throws IOException {
        try (var job = new DetectionRecipe().job("data=" + clothes(), "image_size=96", "epochs=24", "model=ssd")) {
            assertReaches("map_50", 0.7, job);
        }
    }

    @Test void theUNetColoursClothesOnPhotos() throws IOException {
        try (var job = new SegmentationRecipe().job("data=" + clothes(), "image_size=96", "epochs=20")) {
            assertReaches("mean_iou", 0.6, job);
        }
    }

    /** It measures on what it has learnt: too few photos to learn faces from, enough to see that nothing is lost. */
    @Test void facesOnNinePhotosAreLearntByHeart() throws IOException {
        Path photos = cached("dlib-faces");
        var train = new Coco.Writer(List.of("face"));
        int faces = 0;
        for (String list : List.of("training.xml", "testing.xml")) {
            faces += add(train, photos, Files.readString(photos.resolve(list)));
        }
        assertTrue(faces == 43, faces + " faces");
        train.write(temp.resolve("annotations/instances_train.json"));
        train.write(temp.resolve("annotations/instances_val.json"));
        try (var job = new DetectionRecipe().job("data=" + temp, "image_size=320", "batch_size=3", "epochs=60",
                "augment=false")) {
            assertReaches("map_50", 0.95, job);
        }
    }

    private static final Pattern PICTURE = Pattern.compile("(?s)<image file='(.*?)'.*?>(.*?)</image>");
    private static final Pattern FACE =
            Pattern.compile("<box top='(-?\\d+)' left='(-?\\d+)' width='(\\d+)' height='(\\d+)'");

    private int add(Coco.Writer coco, Path photos, String list) throws IOException {
        int faces = 0;
        for (var picture : PICTURE.matcher(list).results().toList()) {
            Path file = photos.resolve(picture.group(1));
            Image image = Image.read(file);
            Files.createDirectories(temp.resolve("images"));
            Files.copy(file, temp.resolve("images").resolve(picture.group(1)));
            var boxes = new ArrayList<LabeledBox>();
            for (var face : FACE.matcher(picture.group(2)).results().toList()) {
                Box box = Box.ofSize(number(face, 2), number(face, 1), number(face, 3), number(face, 4));
                boxes.add(new LabeledBox(box.clip(image.height(), image.width()), 0));
            }
            faces += boxes.size();
            coco.add(picture.group(1), image.height(), image.width(), boxes);
        }
        return faces;
    }

    private static int number(MatchResult match, int group) { return Integer.parseInt(match.group(group)); }

    private static Path clothes() throws IOException {
        Path photos = cached("photos");
        return ClothesOnPhotos.write(photos, photos.resolveSibling("clothes-on-photos"), 2000, 300);
    }

    private static Path cached(String name) {
        String cache = System.getenv("MERAPI_CACHE");
        assumeTrue(cache != null, "MERAPI_CACHE is not set");
        Path folder = Path.of(cache, name);
        assumeTrue(Files.isDirectory(folder), folder + " is missing");
        return folder;
    }

    private static <B> void assertReaches(String metric, double least, Job<B> job) {
        double best = job.fit().best(metric);
        System.out.println(metric + " " + best);
        assertTrue(best >= least, metric + " " + best);
    }
}
