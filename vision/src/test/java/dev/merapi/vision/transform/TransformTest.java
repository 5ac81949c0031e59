package dev.merapi.vision.transform;

import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TransformTest {
    /** 1 to 6 in two rows of three. */
    private static final Image SIX = new Image(2, 3, 1, new byte[] {1, 2, 3, 4, 5, 6});
    private static final Image WHITE = Rectangle.fill(new Image(16, 16, 1), 0, 0, 16, 16, 255);

    @Test void flipMirrorsPixelsNotChannels() {
        var rgb = new Image(1, 2, 3, new byte[] {1, 2, 3, 4, 5, 6});
        assertArrayEquals(new byte[] {4, 5, 6, 1, 2, 3}, new RandomFlip(1).apply(rgb, random(0)).pixels());
        assertArrayEquals(rgb.pixels(), new RandomFlip(0).apply(rgb, random(0)).pixels());
    }

    @Test void flipHappensEveryOtherTime() {
        var random = random(1);
        long flipped = IntStream.range(0, 1000)
                .filter(_ -> new RandomFlip().apply(SIX, random).at(0, 0, 0) == 3).count();
        assertTrue(flipped > 440 && flipped < 560, flipped + " of 1000");
    }

    @Test void randomCropShowsEveryWindowOfThePaddedImage() {
        var random = random(2);
        var seen = new HashSet<List<Integer>>();
        for (int i = 0; i < 2000; i++) {
            Image crop = new RandomCrop(2, 3, 1).apply(SIX, random);
            seen.add(List.of(crop.at(0, 0, 0), crop.at(0, 2, 0), crop.at(1, 0, 0), crop.at(1, 2, 0)));
        }
        assertEquals(9, seen.size());
        assertTrue(seen.contains(List.of(0, 0, 0, 2)), "shifted down and right: " + seen);
        assertTrue(seen.contains(List.of(5, 0, 0, 0)), "shifted up and left: " + seen);
        assertTrue(seen.contains(List.of(1, 3, 4, 6)), "in place: " + seen);
    }

    @Test void cutoutBlanksASquareThatMayBeCutOffAtTheEdge() {
        var random = random(3);
        int largest = 0;
        int smallest = 256;
        for (int i = 0; i < 500; i++) {
            int blank = count(new Cutout(6).apply(WHITE, random), 0);
            largest = Math.max(largest, blank);
            smallest = Math.min(smallest, blank);
        }
        assertEquals(36, largest);
        assertEquals(9, smallest);
        assertEquals(0, count(WHITE, 0), "the input is left as it is");
    }

    @Test void erasingStaysWithinThePapersAreas() {
        var random = random(4);
        for (int i = 0; i < 500; i++) {
            int erased = count(new RandomErasing(1, 7).apply(WHITE, random), 7);
            assertTrue(erased >= 0.01 * 256 && erased <= 0.36 * 256, erased + " of 256");
        }
    }

    @Test void sameGeneratorSameImage() {
        var all = Transform.of(new RandomCrop(16, 2), new RandomFlip(), new RandomRotation(20),
                ColorJitter.of(0.4), new RandomErasing());
        var picture = new Image(16, 16, 3);
        for (int i = 0; i < picture.pixels().length; i++) picture.pixels()[i] = (byte) (i * 37);
        byte[] before = picture.pixels().clone();
        byte[] once = all.apply(picture, random(5)).pixels();
        assertArrayEquals(once, all.apply(picture, random(5)).pixels());
        assertFalse(Arrays.equals(once, all.apply(picture, random(6)).pixels()));
        assertArrayEquals(before, picture.pixels());
    }

    @Test void jitterStaysWithinItsRange() {
        var random = random(7);
        var gray = Rectangle.fill(new Image(2, 2, 1), 0, 0, 2, 2, 100);
        for (int i = 0; i < 200; i++) {
            int value = new ColorJitter(0.3, 0, 0, 0).apply(gray, random).at(0, 0, 0);
            assertTrue(value >= 70 && value <= 130, "" + value);
        }
    }

    @Test void aPartOfAResizedImageIsThatPart() {
        var random = random(8);
        for (var filter : Resize.Filter.values()) {
            for (int i = 0; i < 60; i++) {
                Image image = noise(1 + random.nextInt(40), 1 + random.nextInt(40), i % 2 == 0 ? 3 : 1, random);
                var resize = new Resize(1 + random.nextInt(50), 1 + random.nextInt(50), filter);
                int height = 1 + random.nextInt(resize.height()), width = 1 + random.nextInt(resize.width());
                var part = new Crop(random.nextInt(resize.height() - height + 1),
                        random.nextInt(resize.width() - width + 1), height, width);
                assertArrayEquals(part.of(resize.of(image)).pixels(), resize.part(image, part).pixels());
                int h = 1 + random.nextInt(image.height()), w = 1 + random.nextInt(image.width());
                var cut = new Crop(random.nextInt(image.height() - h + 1), random.nextInt(image.width() - w + 1), h, w);
                assertArrayEquals(resize.of(cut.of(image)).pixels(), resize.of(image, cut).pixels());
            }
        }
    }

    private static Image noise(int height, int width, int channels, SplittableRandom random) {
        var image = new Image(height, width, channels);
        random.nextBytes(image.pixels());
        return image;
    }

    @Test void resizedCropsHaveTheAreasAndShapesThatAreAllowed() {
        var random = random(9);
        var image = new Image(60, 80, 3);
        var crop = new RandomResizedCrop(30, 40, 0.2, 0.7, 1.5, Resize.Filter.BILINEAR);
        double least = 1, most = 0;
        for (int i = 0; i < 500; i++) {
            Move move = crop.draw(image, random);
            assertEquals("Image(30, 40, 3)", move.of(image).toString());
            Box all = move.of(new Box(0, 0, 80, 60)); // a part of it is seen: the picture's own box shows which
            double height = 60 * 30 / all.height(), width = 80 * 40 / all.width(), area = height * width / 4800;
            assertTrue(width / height < 1.6 && height / width < 1.6, height + " x " + width);
            assertTrue(all.left() <= 1e-9 && all.top() <= 1e-9 && all.right() >= 40 - 1e-9
                    && all.bottom() >= 30 - 1e-9, all.toString());
            least = Math.min(least, area);
            most = Math.max(most, area);
        }
        assertTrue(least > 0.18 && least < 0.25, "least " + least);
        assertTrue(most < 0.72 && most > 0.65, "most " + most);
        Box middle = new RandomResizedCrop(10).draw(new Image(10, 400, 1), random).of(new Box(0, 0, 400, 10));
        assertTrue(middle.width() >= 290 && Math.abs(middle.left() + middle.right() - 10) < 2, middle.toString());
    }

    @Test void mistakesAreNamed() {
        assertMessage("Resize.width: expected at least 1. Received 0.", () -> new Resize(4, 0));
        assertMessage("Resize.shorterSide: expected an image that becomes at most 178956970 pixels. Received Image(1,"
                + " 100000, 1), which becomes 64 x 6400000; crop it first.",
                () -> Resize.shorterSide(64).apply(new Image(1, 100_000, 1), random(0)));
        assertMessage("RandomResizedCrop: expected parts of an area above 0 and at most 1, the least first. Received"
                + " 0.9 and 0.5.", () -> new RandomResizedCrop(4, 4, 0.9, 0.5, 2, Resize.Filter.BILINEAR));
        assertMessage("RandomFlip: expected a probability from 0 to 1. Received 1.5.", () -> new RandomFlip(1.5));
        assertMessage("ColorJitter.hue: expected 0 to 0.5 of the circle. Received 0.7.",
                () -> new ColorJitter(0, 0, 0, 0.7));
        assertMessage("Cutout.fill: expected a pixel value from 0 to 255. Received 256.", () -> new Cutout(4, 256));
        assertMessage("CenterCrop: expected an image of at least 4x4. Received Image(2, 3, 1); resize it first.",
                () -> new CenterCrop(4).apply(SIX, random(0)));
        assertMessage("RandomCrop: expected an image of at least 6x6. Received Image(2, 3, 1); resize it first,"
                + " or pad more.", () -> new RandomCrop(8, 1).apply(SIX, random(0)));
    }

    private static int count(Image image, int value) {
        int count = 0;
        for (byte pixel : image.pixels()) if ((pixel & 0xFF) == value) count++;
        return count;
    }

    private static SplittableRandom random(long seed) { return new SplittableRandom(seed); }

    private static void assertMessage(String expected, Runnable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }
}
