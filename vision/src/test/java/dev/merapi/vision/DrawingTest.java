package dev.merapi.vision;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DrawingTest {
    @TempDir Path folder;

    private static Image noise(int channels) {
        var image = new Image(20, 30, channels);
        for (int i = 0; i < image.pixels().length; i++) image.pixels()[i] = (byte) (i * 37 % 251);
        return image;
    }

    @Test void imagesAreWrittenAsTheirNamesSay() {
        for (String name : new String[] {"a.png", "a.bmp", "deep/A.PNG"}) {
            noise(3).write(folder.resolve(name));
            assertArrayEquals(noise(3).pixels(), Image.read(folder.resolve(name)).pixels(), name);
        }
        noise(1).write(folder.resolve("gray.png"));
        assertArrayEquals(noise(1).toRgb().pixels(), Image.read(folder.resolve("gray.png")).pixels());
        var smooth = new Image(16, 16, 3);
        for (int i = 0; i < smooth.pixels().length; i++) smooth.pixels()[i] = (byte) (i / 48 * 10);
        smooth.write(folder.resolve("a.jpg"));
        byte[] read = Image.read(folder.resolve("a.jpg")).pixels();
        for (int i = 0; i < read.length; i++) assertEquals(smooth.pixels()[i] & 0xFF, read[i] & 0xFF, 4, "at " + i);
        Path gif = folder.resolve("a.gif");
        assertEquals(gif + ": expected a name that ends in .png, .jpg, .jpeg or .bmp.",
                assertThrows(IllegalArgumentException.class, () -> noise(3).write(gif)).getMessage());
    }

    /** The frame is where the box is, and nowhere else. */
    @Test void boxesAreDrawn() {
        var image = new Image(60, 80, 3);
        var drawn = new Drawing(image).box(new Box(20, 10, 60, 50), "", 0).image();
        assertTrue(brightness(drawn, 30, 20) > 150 && brightness(drawn, 10, 40) > 150, "sides");
        assertEquals(0, brightness(drawn, 30, 40), "the middle");
        assertEquals(0, brightness(drawn, 5, 5), "outside");
        assertEquals(0, brightness(image, 30, 20), "the picture is left as it is");
        var named = new Drawing(image).box(new Box(20, 30, 60, 50), "dog", 0).image();
        assertTrue(brightness(named, 24, 24) > 0, "the text, above the box");
        assertNotEquals(colour(new Drawing(image).box(new Box(20, 10, 60, 50), "", 1).image()), colour(drawn));
    }

    private static int brightness(Image image, int y, int x) {
        return Math.max(image.at(y, x, 0), Math.max(image.at(y, x, 1), image.at(y, x, 2)));
    }

    private static int colour(Image image) {
        return image.at(30, 20, 0) << 16 | image.at(30, 20, 1) << 8 | image.at(30, 20, 2);
    }

    @Test void masksAreMixedIn() {
        var mask = new LabelMask(20, 30);
        for (int y = 5; y < 10; y++) {
            for (int x = 5; x < 15; x++) mask.classes()[y * 30 + x] = (byte) (x < 10 ? 1 : 2); // red and green
        }
        var drawn = new Drawing(new Image(20, 30, 3)).mask(mask).image();
        assertEquals(64, drawn.at(7, 7, 0));
        assertEquals(0, drawn.at(7, 7, 1));
        assertEquals(64, drawn.at(7, 12, 1));
        assertEquals(0, drawn.at(7, 4, 0));
        assertEquals(128, drawn.at(5, 7, 0), "an edge");
        assertEquals(128, drawn.at(7, 9, 0), "an edge to another class");
        assertEquals(128, drawn.at(7, 10, 1));
        var explained = new Drawing(new Image(40, 60, 3)).key(Map.of(0, "behind", 2, "dog")).image();
        assertEquals(128, explained.at(1, 1, 1), "a field in the class's colour");
        assertEquals(0, explained.at(1, 59, 1), "beside it, nothing");
        assertEquals(0, explained.at(39, 1, 1), "of class 0, nothing");
        assertEquals("Drawing.mask: expected a mask of the picture's size, 20x30. Received LabelMask(3, 3).",
                assertThrows(IllegalArgumentException.class,
                        () -> new Drawing(new Image(20, 30, 3)).mask(new LabelMask(3, 3))).getMessage());
    }
}
