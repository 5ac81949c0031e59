package dev.merapi.vision.transform;

import dev.merapi.data.Collate;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.Scene;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Picture, boxes and mask move together. */
class SceneTransformTest {
    /** A bright block on black, with its box, and class 7 below it. */
    private static Scene block(int height, int width, int left, int top, int right, int bottom) {
        var image = Rectangle.fill(new Image(height, width, 3), top, left, bottom - top, right - left, 200);
        var mask = new LabelMask(height, width);
        for (int y = top; y < bottom; y++) for (int x = left; x < right; x++) mask.classes()[y * width + x] = 7;
        return new Scene(image, List.of(new LabeledBox(new Box(left, top, right, bottom), 3)), mask);
    }

    static List<Transform> moves() {
        return List.of(new RandomFlip(1), new CenterCrop(40, 50), new RandomCrop(40, 4), new Resize(100, 90),
                Resize.shorterSide(70), new RandomRotation(20), new RandomAffine(10, 0.1, 0.8, 1.2), new Letterbox(96),
                (Geometric) (image, _) -> Affine.shear(image, 0.2, 0),
                (Geometric) (image, _) -> Affine.shift(image, 5, -3),
                Transform.of(new RandomFlip(), ColorJitter.of(0.1), new RandomAffine(5, 0, 1.1, 1.4)),
                new RandAugment(2, 12), new TrivialAugment(), AutoAugment.IMAGENET);
    }

    /** The box that is told is the one that is seen, and where class 7 is. */
    @ParameterizedTest @MethodSource("moves")
    void theBoxIsWhereThePixelsAre(Transform transform) {
        var scene = block(64, 60, 18, 20, 40, 36);
        byte[] before = scene.image().pixels().clone();
        for (int seed = 0; seed < 20; seed++) {
            var moved = transform.apply(scene, new SplittableRandom(seed));
            var image = moved.image();
            assertEquals(image.height(), moved.mask().height());
            assertEquals(image.width(), moved.mask().width());
            if (moved.boxes().isEmpty()) {
                assertTrue(count(moved.mask()) < 0.15 * 16 * 22 * area(image) / (64 * 60), "gone, but seen");
                continue;
            }
            var box = moved.boxes().getFirst();
            assertEquals(3, box.label());
            Box seen = around(moved.mask());
            // a rotated block touches its box with its corners alone
            assertTrue(box.box().iou(seen) > 0.85, transform + ", seed " + seed + ": " + box.box() + " " + seen);
        }
        assertArrayEquals(before, scene.image().pixels(), "the input is left as it is");
    }

    private static int area(Image image) { return image.height() * image.width(); }

    private static int count(LabelMask mask) {
        int count = 0;
        for (byte label : mask.classes()) if (label == 7) count++;
        return count;
    }

    /** The box around class 7. */
    private static Box around(LabelMask mask) {
        int left = mask.width(), top = mask.height(), right = 0, bottom = 0;
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                if (mask.at(y, x) != 7) continue;
                left = Math.min(left, x);
                top = Math.min(top, y);
                right = Math.max(right, x + 1);
                bottom = Math.max(bottom, y + 1);
            }
        }
        return new Box(left, top, right, bottom);
    }

    @Test void aFlipIsExact() {
        var scene = block(8, 10, 1, 2, 4, 7);
        var moved = new RandomFlip(1).apply(scene, new SplittableRandom(1));
        assertEquals(new Box(6, 2, 9, 7), moved.boxes().getFirst().box());
        assertEquals(7, moved.mask().at(2, 8));
        assertEquals(200, moved.image().at(2, 8, 0));
        var back = new Flip(10).of(moved);
        assertArrayEquals(scene.image().pixels(), back.image().pixels());
        assertEquals(scene.boxes(), back.boxes());
        assertArrayEquals(scene.mask().classes(), back.mask().classes());
    }

    @Test void whatIsCutOffGoes() {
        var scene = block(20, 20, 0, 0, 10, 10);
        assertEquals(new Box(0, 0, 6, 10), new Crop(0, 4, 20, 16).of(scene).boxes().getFirst().box());
        assertEquals(60, new Crop(0, 4, 20, 16).of(scene).boxes().getFirst().area());
        assertTrue(new Crop(9, 0, 10, 10).of(scene).boxes().size() == 1, "a tenth is left");
        assertTrue(new Crop(9, 1, 10, 10).of(scene).boxes().isEmpty(), "less than a tenth is left");
        var reaching = new Crop(-2, -3, 20, 20).of(scene);
        assertEquals(new Box(3, 2, 13, 12), reaching.boxes().getFirst().box());
        assertEquals(LabelMask.IGNORED, reaching.mask().at(0, 0));
        assertEquals(7, reaching.mask().at(2, 3));
    }

    @Test void aLetterboxCanBeUndone() {
        var scene = block(50, 100, 20, 10, 60, 40);
        var letterbox = new Letterbox(64);
        var seen = letterbox.apply(scene, new SplittableRandom(0));
        assertEquals("Image(64, 64, 3)", seen.image().toString());
        assertEquals(new Box(12.8, 6.4, 38.4, 25.6), seen.boxes().getFirst().box());
        assertEquals(114, seen.image().at(63, 63, 0));
        assertEquals(LabelMask.IGNORED, seen.mask().at(32, 0));
        Box back = letterbox.undo(seen.boxes().getFirst().box(), 50, 100);
        assertEquals(1, back.iou(scene.boxes().getFirst().box()), 1e-9);
        LabelMask mask = letterbox.undo(seen.mask(), 50, 100);
        int same = 0;
        for (int i = 0; i < 5000; i++) if (mask.classes()[i] == scene.mask().classes()[i]) same++;
        assertTrue(same > 4800, same + " of 5000");
    }

    @Test void aMosaicJoinsFour() {
        var scenes = Dataset.of(List.of(block(40, 40, 5, 5, 35, 35), block(30, 60, 5, 5, 55, 25),
                block(64, 32, 4, 10, 28, 60), block(48, 48, 10, 10, 40, 40)));
        var mosaic = new Mosaic(64, 64, 1).on(scenes);
        int boxes = 0;
        for (int seed = 0; seed < 30; seed++) {
            var scene = mosaic.get(seed % 4, new SplittableRandom(seed));
            assertEquals("Image(64, 64, 3)", scene.image().toString());
            boxes += scene.boxes().size();
            for (var box : scene.boxes()) { // of class 7 to its edges, but for those of rounding
                int x = (int) ((box.box().left() + box.box().right()) / 2);
                int y = (int) ((box.box().top() + box.box().bottom()) / 2);
                assertEquals(7, scene.mask().at(y, x));
                assertEquals(200, scene.image().at(y, x, 1), 1);
            }
        }
        assertTrue(boxes > 75 && boxes <= 120, boxes + " boxes in 30 mosaics");
        assertSame(scenes.get(2), new Mosaic(64, 64, 0).on(scenes).get(2, new SplittableRandom(1)));
    }

    /** On loader threads, whatever their number. */
    @Test void theSameSeedGivesTheSameScenes() {
        var scenes = Dataset.of(IntStream.range(0, 12).mapToObj(i -> block(40, 40, i, 5, i + 20, 30)).toList());
        var changed = new Mosaic(48, 48, 0.5).on(scenes)
                .augment(Transform.of(new RandomAffine(10, 0.1, 0.7, 1.3), new RandomFlip(), new TrivialAugment(),
                        ColorJitter.of(0.2))::apply);
        var one = all(changed, 1, 5);
        assertEquals(one, all(changed, 3, 5));
        assertNotEquals(one, all(changed, 3, 6));
    }

    private static List<String> all(Dataset<Scene> scenes, int workers, long seed) {
        var seen = new ArrayList<String>();
        try (var loader = Loader.of(scenes, 5, Collate.<Scene>list()).shuffle(seed).workers(workers)) {
            for (var batch : loader) {
                for (var scene : batch) {
                    seen.add(scene.boxes() + " " + Arrays.hashCode(scene.image().pixels()) + " "
                            + Arrays.hashCode(scene.mask().classes()));
                }
            }
        }
        return seen;
    }

    @Test void aTransformThatMovesPixelsHasToSaySo() {
        Transform shrinks = (image, random) -> new Resize(8).apply(image, random);
        assertEquals("Transform: expected a transform of scenes to leave pixels in their places, or to be Geometric, so"
                + " that boxes can follow. Received Image(20, 20, 3) and Image(8, 8, 3)",
                assertThrows(IllegalArgumentException.class,
                        () -> shrinks.apply(block(20, 20, 0, 0, 9, 9), new SplittableRandom(1))).getMessage());
    }
}
