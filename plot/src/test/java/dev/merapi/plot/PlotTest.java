package dev.merapi.plot;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PlotTest {
    @TempDir Path folder;

    @Test void aLineFallsFromLeftToRight() throws IOException {
        Path png = folder.resolve("loss.png");
        new LinePlot("Loss", "epoch").line("train", new double[] {1, 2, 3}, new double[] {2, 1, 0}).write(png);
        BufferedImage image = ImageIO.read(png.toFile());
        assertEquals(900, image.getWidth());
        assertEquals(500, image.getHeight());
        int left = lowestColoured(image, 200), right = lowestColoured(image, 700);
        assertTrue(left > 0 && right > left + 100, "y of the line at x = 200: " + left + ", at x = 700: " + right);
        assertEquals(List.of(png), Files.list(folder).toList(), "no temporary file stays");
    }

    @Test void aLineWithoutAFinitePointIsLeftOut() {
        new LinePlot("Loss", "epoch").line("train", new double[] {1}, new double[] {Double.NaN})
                .write(folder.resolve("empty.png"));
        assertTrue(Files.exists(folder.resolve("empty.png")));
    }

    @Test void aConfusionMatrixIsDarkestWhereSharesAreLargest() throws IOException {
        Path png = folder.resolve("confusion.png");
        ConfusionPlot.write(png, new long[][] {{9, 1}, {0, 4}}, List.of("cat", "dog"));
        BufferedImage image = ImageIO.read(png.toFile());
        int w = image.getWidth(), h = image.getHeight();
        int topLeft = blueness(image, w * 3 / 10, h * 2 / 10), topRight = blueness(image, w * 6 / 10, h * 2 / 10);
        assertTrue(topLeft > topRight + 50, topLeft + " on the diagonal, " + topRight + " beside");
    }

    @Test void errorsSayWhatIsWrong() throws IOException {
        assertEquals("LinePlot Loss: line train: expected as many y as x, 2. Received 1",
                assertThrows(IllegalArgumentException.class, () ->
                        new LinePlot("Loss", "epoch").line("train", new double[2], new double[1])).getMessage());
        assertEquals("ConfusionPlot: expected 3 rows and columns, one for each class. Received 2 rows of 2",
                assertThrows(IllegalArgumentException.class, () ->
                        ConfusionPlot.write(folder, new long[2][2], List.of("a", "b", "c"))).getMessage());
        Path nowhere = Files.writeString(folder.resolve("file"), "").resolve("loss.png");
        var error = assertThrows(UncheckedIOException.class, () -> new LinePlot("Loss", "epoch").write(nowhere));
        assertTrue(error.getMessage().startsWith("Could not write " + nowhere), error.getMessage());
    }

    /** The lowest row in column x whose colour is that of the first line. */
    private static int lowestColoured(BufferedImage image, int x) {
        for (int y = image.getHeight() - 60; y > 40; y--) if (blueness(image, x, y) > 60) return y;
        return -1;
    }

    private static int blueness(BufferedImage image, int x, int y) {
        var color = new Color(image.getRGB(x, y));
        return color.getBlue() - color.getRed();
    }
}
