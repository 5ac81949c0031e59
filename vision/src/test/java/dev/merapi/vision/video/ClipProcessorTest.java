package dev.merapi.vision.video;

import dev.merapi.data.Batch;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Image;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.ClassFiles;
import dev.merapi.vision.data.OnError;
import dev.merapi.vision.transform.ColorJitter;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.RandomCrop;
import dev.merapi.vision.transform.RandomFlip;
import dev.merapi.vision.transform.Transform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClipProcessorTest {
    private static final List<String> SIDES = List.of("left", "right");

    @TempDir Path folder;

    private static ClipProcessor processor(int frames, double rate) {
        return new ClipProcessor(new ImageProcessor(32, Normalize.IMAGENET, SIDES), frames, rate);
    }

    /** Which picture of a video whose i-th has the brightness 20 + 3 i. */
    private static List<Integer> numbers(VideoClip clip) {
        return clip.images().stream().map(image -> Math.round((image.at(16, 16, 1) - 20) / 3f)).toList();
    }

    private Path brightening(int count, double rate) {
        var pictures = new ArrayList<Image>();
        for (int i = 0; i < count; i++) {
            var pixels = new byte[3 * 32 * 32];
            Arrays.fill(pixels, (byte) (20 + 3 * i));
            pictures.add(new Image(32, 32, 3, pixels));
        }
        return MovingPictures.write(folder.resolve("b" + count + "-" + rate + ".mp4"), pictures, rate);
    }

    @Test void picturesAreSoFarApartInAnyVideo() {
        assertClose(List.of(10, 15, 20, 25), numbers(processor(4, 5).middle(brightening(40, 25))));
        assertClose(List.of(0, 2, 4, 6), numbers(processor(4, 5).middle(brightening(8, 10))));
        assertClose(List.of(0, 0, 1, 1, 2, 2), numbers(processor(6, 20).middle(brightening(3, 10))));
        assertClose(List.of(0, 5, 5, 5), numbers(processor(4, 5).middle(brightening(6, 25)))); // a short one
    }

    private static void assertClose(List<Integer> expected, List<Integer> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) assertEquals(expected.get(i), actual.get(i), 1, actual.toString());
    }

    @Test void allPicturesOfAClipChangeAlike() {
        var image = new Image(32, 32, 3);
        var random = new Random(1);
        random.nextBytes(image.pixels());
        var transform = Transform.of(new RandomCrop(32, 6), new RandomFlip(), ColorJitter.of(0.3));
        var different = 0;
        for (int i = 0; i < 8; i++) {
            var clip = new VideoClip(List.of(image, image, image));
            var changed = ClipProcessor.augment(clip, transform, random).images();
            assertArrayEquals(changed.get(0).pixels(), changed.get(1).pixels());
            assertArrayEquals(changed.get(0).pixels(), changed.get(2).pixels());
            if (!Arrays.equals(image.pixels(), changed.get(0).pixels())) different++;
        }
        assertTrue(different > 4, different + " of 8 changed");
    }

    @Test void axesAreClipChannelTimeAndPlace() {
        try (var _ = Scope.open()) {
            var images = new ArrayList<Image>();
            for (int i = 0; i < 3; i++) {
                var pixels = new byte[3 * 32 * 32];
                pixels[3 * (32 * 5 + 7) + 1] = (byte) (100 + i); // green at row 5, column 7
                images.add(new Image(32, 32, 3, pixels));
            }
            Tensor x = processor(3, 5).batch(List.of(new VideoClip(images), new VideoClip(images)));
            assertArrayEquals(new long[] {2, 3, 3, 32, 32}, x.shape());
            for (int i = 0; i < 3; i++) {
                double expected = ((100 + i) / 255.0 - 0.456) / 0.224;
                assertEquals(expected, x.select(0, 1).select(0, 1).select(0, i).select(0, 5).select(0, 7).item(), 1e-5);
            }
        }
    }

    @Test void whatWasSavedIsOpened() {
        var processor = processor(8, 7.5);
        processor.save(folder);
        assertEquals(processor, ClipProcessor.open(folder));
        var e = assertThrows(IllegalArgumentException.class, () -> ClipProcessor.open(folder.resolve("none")));
        assertTrue(e.getMessage().contains("expected the run of a recipe for videos"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> processor(0, 5));
        assertThrows(IllegalArgumentException.class, () -> processor(3, 0));
    }

    @Test void foldersAreClassesAndAreDivided() throws Exception {
        for (String side : SIDES) {
            Files.createDirectories(folder.resolve(side));
            for (int i = 0; i < 5; i++) {
                MovingPictures.write(folder.resolve(side + "/" + i + ".mp4"),
                        MovingPictures.to(side, 12, new Random(i)), 12);
            }
        }
        Files.writeString(folder.resolve("left/notes.txt"), "passed over");
        assertEquals(SIDES, VideoFolder.classes(folder));
        var split = VideoFolder.split(folder, SIDES, 0.2, 7);
        assertEquals(8, split.train().files().size());
        assertEquals(List.of(0, 1), split.test().labels());
        assertEquals(split, VideoFolder.split(folder, SIDES, 0.2, 7));
        var processor = processor(4, 6);
        try (var _ = Scope.open(); var loader = split.train().train(processor, new RandomCrop(32, 4), 3, 1)) {
            List<float[]> first = values(loader), second = values(loader);
            assertEquals(3, first.size());
            assertEquals(3 * 3 * 4 * 32 * 32, first.getFirst().length);
            assertFalse(Arrays.equals(first.getFirst(), second.getFirst()), "each epoch is another");
        }
        try (var _ = Scope.open(); var loader = split.test().test(processor, 2)) {
            Tensor used = processor.batch(split.test().files().stream().map(processor::middle).toList());
            assertArrayEquals(used.toFloats(), values(loader).getFirst());
        }
        var e = assertThrows(IllegalArgumentException.class, () -> VideoFolder.split(folder, List.of("left"), 0.2, 7));
        assertTrue(e.getMessage().contains("right"), e.getMessage());
        Files.createDirectories(folder.resolve("up"));
        var empty = assertThrows(IllegalArgumentException.class,
                () -> VideoFolder.split(folder, List.of("left", "right", "up"), 0.2, 7));
        assertTrue(empty.getMessage().startsWith(folder.resolve("up") + ": expected videos"), empty.getMessage());
    }

    @Test void damagedVideosAreNamedOrLeftOut() throws Exception {
        for (String side : SIDES) {
            Files.createDirectories(folder.resolve(side));
            for (int i = 0; i < 3; i++) {
                MovingPictures.write(folder.resolve(side + "/" + i + ".mkv"),
                        MovingPictures.to(side, 36, new Random(i)), 12);
            }
        }
        Path cut = folder.resolve("left/1.mkv"), text = folder.resolve("right/2.mkv");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), (int) Files.size(cut) / 2));
        Files.writeString(text, "no video");
        var split = VideoFolder.split(folder, SIDES, 0.3, 7, OnError.SKIP);
        assertEquals(2, split.skipped().size(), split.skipped().toString());
        assertTrue(split.skipped().get(0).startsWith(cut + ": expected a whole video. Received one that is damaged"),
                split.skipped().toString());
        assertTrue(split.skipped().get(1).startsWith(text + ": expected a video file."), split.skipped().toString());
        assertEquals(4, split.train().files().size() + split.test().files().size());
        try (var loader = split.train().train(processor(4, 2), Transform.NONE, 2, 1); var _ = Scope.open()) {
            assertEquals(1, values(loader).size());
        }
        var all = VideoFolder.split(folder, SIDES, 0.3, 7);
        assertEquals(List.of(), all.skipped());
        var whole = new VideoFolder(new ClassFiles(SIDES, List.of(cut), List.of(0), List.of()));
        try (var loader = whole.test(processor(60, 20), 1)) {
            var e = assertThrows(IllegalArgumentException.class, () -> values(loader));
            assertTrue(e.getMessage().startsWith(cut + ": expected a whole video."), e.getMessage());
        }
        Files.writeString(folder.resolve("right/0.mkv"), "");
        Files.writeString(folder.resolve("right/1.mkv"), "");
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> VideoFolder.split(folder, SIDES, 0.3, 7, OnError.SKIP)).getMessage()
                .startsWith(folder.resolve("right") + ": expected videos that can be read. Received 3 that cannot, such"
                        + " as " + folder.resolve("right/0.mkv")));
    }

    private static List<float[]> values(Iterable<Batch> loader) {
        var all = new ArrayList<float[]>();
        for (Batch batch : loader) all.add(batch.x().toFloats());
        return all;
    }
}
