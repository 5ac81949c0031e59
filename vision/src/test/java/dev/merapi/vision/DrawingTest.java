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

    /** Two boxes of one place and class: the later one's text stays as it would be alone, the other goes elsewhere. */
    @Test void textsKeepClearOfEachOther() {
        var box = new Box(20, 30, 70, 60);
        var both = new Drawing(new Image(90, 90, 3)).box(box, "goat", 0).box(box, "dog", 0).image();
        var one = new Drawing(new Image(90, 90, 3)).box(box, "", 0).box(box, "dog", 0).image();
        int other = 0;
        for (int y = 0; y < 90; y++) {
            for (int x = 0; x < 90; x++) {
                boolean same = brightness(both, y, x) == brightness(one, y, x);
                if (y < 30 && x < 45) assertTrue(same, "the text of the later box at " + y + ", " + x);
                if (!same) other++;
            }
        }
        assertTrue(other > 100, "pixels of the other text: " + other);
        var low = new Drawing(new Image(4, 90, 3)).box(new Box(1, 1, 80, 3), "dog", 0).image();
        assertTrue(brightness(low, 3, 1) > 0, "a picture lower than its text");
    }

    /** 4 pixels to one of 90x120, in which boxes and masks are as in the picture. */
    @Test void smallPicturesAreEnlarged() {
        var image = new Image(90, 120, 3);
        image.pixels()[3 * (80 * 120 + 100)] = (byte) 200;
        var mask = new LabelMask(90, 120);
        mask.classes()[5 * 120 + 7] = 2;
        var drawn = Drawing.readable(image).mask(mask).box(new Box(20, 10, 60, 50), "", 0).image();
        assertEquals(360, drawn.height());
        assertEquals(480, drawn.width());
        assertEquals(200, drawn.at(323, 403, 0), "the picture");
        assertEquals(0, drawn.at(324, 404, 0));
        assertEquals(128, drawn.at(23, 31, 1), "the mask");
        assertEquals(0, drawn.at(24, 32, 1));
        assertTrue(brightness(drawn, 100, 80) > 150 && brightness(drawn, 40, 200) > 150, "the box");
        assertEquals(0, brightness(drawn, 100, 200), "its middle");
        assertEquals(640, Drawing.readable(new Image(480, 640, 3)).image().width(), "large enough");
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
