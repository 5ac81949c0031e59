package dev.merapi.explain.picture;

import dev.merapi.explain.Attribution;
import dev.merapi.plot.Figure;
import dev.merapi.vision.Image;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PictureTest {
    private static final Attribution FOUND = Attribution.of(new double[] {0.8, -0.3, 0.05, 0.01}, 0.1, 0.66);
    private static final List<String> NAMES = List.of("age = 39", "sex = male", "fare = 7.25", "class = 3");

    @TempDir private Path folder;

    /** Red where it speaks for, blue where against, gray where nothing is said. */
    @Test void aHeatMapHasTheColoursOfItsValues() throws IOException {
        var image = new Image(2, 2, 1);
        var values = new Attribution(new long[] {2, 2}, new double[] {1, -1, 0, 0.5}, Double.NaN, 1);
        var figure = HeatMap.of(image, values, "t");
        var png = ImageIO.read(new ByteArrayInputStream(figure.png()));
        assertEquals(2 * figure.width(), png.getWidth());
        int left = 2 * (2 * 12 + 280), top = 2 * (28 + 12);
        int red = png.getRGB(left + 50, top + 50), blue = png.getRGB(left + 330, top + 50);
        int gray = png.getRGB(left + 50, top + 330);
        assertTrue((red >> 16 & 255) > 200 && (red & 255) < 140, Integer.toHexString(red));
        assertTrue((blue >> 16 & 255) < 80 && (blue & 255) > 200, Integer.toHexString(blue));
        assertEquals(gray >> 16 & 255, gray & 255);
        var error = assertThrows(IllegalArgumentException.class, () -> HeatMap.of(new Image(3, 2, 1), values, "t"));
        assertTrue(error.getMessage().contains("contributions (3, 2)"), error.getMessage());
    }

    @Test void figuresAreWrittenAsPngAndSvg() throws IOException {
        for (Figure figure : List.of(Bars.bar(FOUND, NAMES, 3, "bar"), Bars.waterfall(FOUND, NAMES, 3, "waterfall"),
                Bars.force(FOUND, NAMES, 4, "force"), ColouredText.of(FOUND, NAMES, "text"),
                PairMap.of(new double[4][4], NAMES, "pairs"))) {
            figure.write(folder.resolve("f.svg"));
            String svg = Files.readString(folder.resolve("f.svg"));
            assertTrue(svg.contains("<svg") && svg.contains("age = 39"), svg);
            figure.write(folder.resolve("f.png"));
            assertEquals(2 * figure.width(), ImageIO.read(folder.resolve("f.png").toFile()).getWidth());
        }
        assertTrue(Bars.bar(FOUND, NAMES, 3, "bar").svg().contains("2 others"));
    }

    @Test void whatDoesNotFitIsNamed() {
        var saliency = Attribution.of(new double[] {1}, Double.NaN, 1);
        assertSays("draw them by Bars.bar", () -> Bars.waterfall(saliency, List.of("a"), 5, ""));
        assertSays("a name for each of the 4 features", () -> Bars.bar(FOUND, List.of("a"), 5, ""));
        assertSays("a row and a column for each of 2", () -> PairMap.of(new double[][] {{1}}, List.of("a", "b"), ""));
        assertSays("a token for each", () -> ColouredText.of(FOUND, List.of(), ""));
    }

    private static void assertSays(String part, Runnable wrong) {
        var message = assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
