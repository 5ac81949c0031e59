package dev.merapi.vision.data;

import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.data.CutPaste.CutOut;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CutPasteTest {
    /** A bright disc of a class on nothing. */
    private static CutOut disc(int label) {
        var image = new Image(24, 20, 1);
        for (int y = 0; y < 24; y++) {
            for (int x = 0; x < 20; x++) {
                if (Math.hypot(x - 10, y - 12) < 8) image.pixels()[y * 20 + x] = (byte) 220;
            }
        }
        return CutOut.onBlack(image, label);
    }

    private static CutPaste scenes(double overlap) {
        var dark = new Image(90, 120, 3);
        for (int i = 0; i < dark.pixels().length; i++) dark.pixels()[i] = 30;
        var config = new CutPaste.Config(64, 96, 4, 0.2, 0.5, overlap);
        return new CutPaste(List.of(disc(0), disc(1)), List.of(dark), config, 40, 7);
    }

    @Test void boxesAndMasksAreWhereThingsAre() {
        var scenes = scenes(0);
        int things = 0;
        for (int i = 0; i < scenes.size(); i++) {
            var scene = scenes.get(i);
            assertEquals("Image(64, 96, 3)", scene.image().toString());
            assertTrue(!scene.boxes().isEmpty() && scene.boxes().size() <= 4);
            things += scene.boxes().size();
            for (var thing : scene.boxes()) {
                Box b = thing.box();
                assertTrue(b.height() >= 10 && b.height() <= 34, "a fifth to a half: " + b);
                int y = (int) ((b.top() + b.bottom()) / 2), x = (int) ((b.left() + b.right()) / 2);
                assertEquals(thing.label() + 1, scene.mask().at(y, x));
                assertEquals(220, scene.image().at(y, x, 0), 3);
                assertTrue(b.left() < 2 || scene.mask().at(y, (int) b.left() - 1) != thing.label() + 1
                        || scene.boxes().size() > 1);
            }
            long seen = 0;
            for (byte label : scene.mask().classes()) if (label != 0) seen++;
            double boxes = scene.boxes().stream().mapToDouble(thing -> thing.box().area()).sum();
            assertEquals(Math.PI / 4, seen / boxes, 0.12, "discs fill so much of their boxes, which meet nowhere");
        }
        assertTrue(things > 70, things + " things in 40 scenes");
    }

    @Test void scenesRepeatThemselvesAndTakeAnyGenerator() {
        var scenes = scenes(0.3);
        assertArrayEquals(scenes.get(3).image().pixels(), scenes.get(3).image().pixels());
        assertNotEquals(scenes.get(3).boxes(), scenes.get(4).boxes());
        assertEquals(scenes.get(3, new SplittableRandom(1)).boxes(), scenes.get(4, new SplittableRandom(1)).boxes());
    }

    @Test void clothesComeWithTheLibrary() {
        var data = FashionScenes.of(64);
        assertEquals(FashionMnist.CLASSES, data.classes());
        assertEquals(1600, data.train().size());
        var scene = data.test().get(5);
        assertEquals("Image(64, 64, 3)", scene.image().toString());
        assertTrue(!scene.boxes().isEmpty());
        var masks = FashionScenes.masks(64);
        assertEquals("background", masks.classes().getFirst());
        assertArrayEquals(scene.mask().classes(), masks.test().get(5).mask().classes());
    }

    @Test void mistakesAreNamed() {
        assertEquals("CutOut.alpha: expected values above 127 somewhere. Received none.",
                message(() -> CutOut.onBlack(new Image(3, 3, 1), 0)));
        assertEquals("CutPaste.Config: expected sides from 0 to 1, the smallest first. Received 0.6 and 0.5.",
                message(() -> new CutPaste.Config(64, 64, 3, 0.6, 0.5, 0)));
    }

    private static String message(Runnable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    }
}
