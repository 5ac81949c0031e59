package dev.merapi.vision.video;

import dev.merapi.vision.Image;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class VideoTest {
    private static final int COUNT = 60;

    @TempDir Path folder;

    /** A number that coding hardly changes: how bright the picture is. */
    private static Image picture(int i, int height, int width) {
        var pixels = new byte[3 * height * width];
        Arrays.fill(pixels, (byte) (20 + 3 * i));
        return new Image(height, width, 3, pixels);
    }

    private static int number(Image image) {
        return Math.round((image.at(image.height() / 2, image.width() / 2, 1) - 20) / 3f);
    }

    private Path write(String name, int height, int width) {
        var pictures = new ArrayList<Image>();
        for (int i = 0; i < COUNT; i++) pictures.add(picture(i, height, width));
        return MovingPictures.write(folder.resolve(name), pictures, 25);
    }

    @ParameterizedTest @ValueSource(strings = {"a.mp4", "a.mov", "a.mkv", "a.avi"})
    void whatWasWrittenIsRead(String name) throws IOException {
        try (var video = Video.open(write(name, 48, 64))) {
            assertEquals(64, video.width());
            assertEquals(48, video.height());
            assertEquals(25, video.framesPerSecond(), 0.01);
            assertEquals(COUNT / 25.0, video.seconds(), 0.05);
            int i = 0;
            for (VideoFrame frame : video) {
                assertEquals(i / 25.0, frame.seconds(), 0.002);
                assertEquals(i++, number(frame.image()), 1);
            }
            assertEquals(COUNT, i);
        }
        try (var files = Files.list(folder)) {
            assertEquals(Set.of(name), files.map(f -> f.getFileName().toString()).collect(Collectors.toSet()));
        }
    }

    @Test void anyTimeIsFound() {
        try (var video = Video.open(write("a.mp4", 48, 64))) {
            for (double seconds : new double[] {1.0, 0, 0.5, 2.3, 0.019, 2.36, 1.01}) {
                video.seek(seconds);
                var frames = video.iterator();
                for (int more = 0; more < 3 && frames.hasNext(); more++) {
                    VideoFrame frame = frames.next();
                    assertEquals(Math.floor(seconds * 25 + 1e-3) / 25 + more / 25.0, frame.seconds(), 0.002);
                    assertEquals(Math.round(frame.seconds() * 25), number(frame.image()), 1);
                }
            }
            video.seek(99);
            assertFalse(video.iterator().hasNext());
        }
    }

    @Test void oddSidesGrowByOne() {
        try (var video = Video.open(write("odd.mp4", 47, 63))) {
            assertEquals("64x48", video.width() + "x" + video.height());
        }
    }

    @ParameterizedTest @ValueSource(strings = {"a.mp4", "a.mkv", "a.avi"})
    void aCutFileIsNamed(String name) throws IOException {
        byte[] whole = Files.readAllBytes(write(name, 48, 64));
        Path cut = Files.write(folder.resolve("cut-" + name), Arrays.copyOf(whole, whole.length * 6 / 10));
        var e = assertThrows(IllegalArgumentException.class, () -> {
            try (var video = Video.open(cut)) {
                for (VideoFrame _ : video) { }
            }
        });
        assertTrue(e.getMessage().startsWith(cut + ": expected a"), e.getMessage());
    }

    @Test void whatIsNoVideoIsNamed() throws IOException {
        for (String content : List.of("", "no video", "GIF89a")) {
            Path file = Files.writeString(folder.resolve("x.mp4"), content);
            var e = assertThrows(IllegalArgumentException.class, () -> Video.open(file));
            assertTrue(e.getMessage().startsWith(file + ": expected a video file. Received "), e.getMessage());
        }
        var missing = assertThrows(UncheckedIOException.class, () -> Video.open(folder.resolve("none.mp4")));
        assertTrue(missing.getMessage().contains("there is no such file"), missing.getMessage());
        var directory = assertThrows(UncheckedIOException.class, () -> Video.open(folder));
        assertTrue(directory.getMessage().contains("received a folder"), directory.getMessage());
    }

    /** Ends with an exception or with pictures, not with the process. */
    @Test void damagedFilesEndInWords() throws IOException {
        byte[] whole = Files.readAllBytes(write("a.mp4", 48, 64));
        var random = new Random(1);
        for (int i = 0; i < 60; i++) {
            byte[] bad = whole.clone();
            for (int j = 0; j < 1 + i % 8; j++) bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            Path file = Files.write(folder.resolve("bad.mp4"), bad);
            try (var video = Video.open(file)) {
                for (VideoFrame _ : video) { }
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().startsWith(file + ": expected a"), e.getMessage());
            }
        }
    }

    @Test void anUnfinishedVideoLeavesNothing() throws IOException {
        Path file = folder.resolve("a.mp4");
        try (var out = VideoWriter.create(file, 64, 48, 25)) {
            out.write(picture(1, 48, 64));
            var e = assertThrows(IllegalArgumentException.class, () -> out.write(picture(1, 48, 32)));
            assertEquals("VideoWriter.write: expected pictures of 64x48 pixels. Received 32x48.", e.getMessage());
        }
        try (var out = VideoWriter.create(file, 64, 48, 25)) {
            assertThrows(IllegalStateException.class, out::finish);
        }
        try (var files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
        var e = assertThrows(IllegalArgumentException.class,
                () -> VideoWriter.create(folder.resolve("a.txt"), 8, 8, 25));
        assertTrue(e.getMessage().contains("expected a name that ends in one of"), e.getMessage());
        assertThrows(UncheckedIOException.class, () -> VideoWriter.create(folder.resolve("none/a.mp4"), 8, 8, 25));
    }
}
