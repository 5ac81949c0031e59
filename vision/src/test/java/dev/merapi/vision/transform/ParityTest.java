package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every pixel against Pillow's and torchvision's: {@code src/test/python/transforms.py} made the pictures. */
class ParityTest {
    private final Image input = golden("input");

    @Test void grayIsPillowsExactly() { assertSame("gray", input.toGray().toRgb()); }

    @Test void shrinkingIsPillowsExactly() { assertSame("resize_down", apply(new Resize(11, 20))); }

    @Test void growingIsPillowsExactly() { assertSame("resize_up", apply(new Resize(70, 90))); }

    @Test void growingOneWayAndShrinkingTheOtherIsPillowsExactly() {
        assertSame("resize_mixed", apply(new Resize(70, 20)));
    }

    @Test void bicubicIsPillowsExactly() {
        assertSame("bicubic_down", apply(new Resize(11, 20, Resize.Filter.BICUBIC)));
        assertSame("bicubic_up", apply(new Resize(70, 90, Resize.Filter.BICUBIC)));
    }

    @Test void nearestIsPillowsExactly() {
        assertSame("nearest_down", apply(new Resize(11, 20, Resize.Filter.NEAREST)));
        assertSame("nearest_up", apply(new Resize(70, 90, Resize.Filter.NEAREST)));
    }

    @Test void theShorterSideIsTorchvisionsExactly() { assertSame("resize_shorter", apply(Resize.shorterSide(16))); }

    @Test void centerCropIsTorchvisionsExactly() { assertSame("center_crop", apply(new CenterCrop(20, 30))); }

    @Test void quarterTurnIsExact() {
        assertSame("rotate_90", RandomRotation.rotate(new Crop(0, 0, 37, 37).of(input), 90));
    }

    @Test void tonesArePillowsExactly() {
        assertSame("autocontrast", Tones.autoContrast(golden("dull")));
        assertSame("equalize", Tones.equalize(golden("dull")));
        assertSame("posterize_3", Tones.posterize(input, 3));
        assertSame("solarize_100", Tones.solarize(input, 100));
        assertSame("invert", Tones.invert(input));
    }

    // Pillow cuts fractions off where we round: one level apart at most.

    @ParameterizedTest @ValueSource(ints = {17, -100})
    void rotation(int degrees) { assertClose("rotate_" + degrees, RandomRotation.rotate(input, degrees)); }

    @ParameterizedTest @ValueSource(doubles = {0.4, 1.7})
    void brightness(double factor) { assertClose("brightness_" + factor, Colors.brightness(input, factor)); }

    @ParameterizedTest @ValueSource(doubles = {0.4, 1.7})
    void contrast(double factor) { assertClose("contrast_" + factor, Colors.contrast(input, factor)); }

    @ParameterizedTest @ValueSource(doubles = {0.4, 1.7})
    void saturation(double factor) { assertClose("saturation_" + factor, Colors.saturation(input, factor)); }

    @ParameterizedTest @ValueSource(doubles = {-0.3, 0.1, 0.5})
    void hue(double turn) { assertClose("hue_" + turn, Colors.hue(input, turn)); }

    @ParameterizedTest @ValueSource(doubles = {0.2, 1.8})
    void sharpness(double factor) { assertClose("sharpness_" + factor, Tones.sharpness(input, factor)); }

    private Image apply(Transform transform) { return transform.apply(input, new SplittableRandom(0)); }

    private static void assertSame(String name, Image actual) {
        Image expected = golden(name);
        assertEquals(expected.toString(), actual.toString());
        assertArrayEquals(expected.pixels(), actual.pixels());
    }

    private static void assertClose(String name, Image actual) {
        Image expected = golden(name);
        assertEquals(expected.toString(), actual.toString());
        for (int i = 0; i < expected.pixels().length; i++) {
            int difference = (expected.pixels()[i] & 0xFF) - (actual.pixels()[i] & 0xFF);
            assertTrue(Math.abs(difference) <= 1, name + ": byte " + i + " differs by " + difference);
        }
    }

    private static Image golden(String name) {
        try {
            return Image.read(Path.of(ParityTest.class.getResource("/goldens/" + name + ".png").toURI()));
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
