package dev.merapi.plot;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.style.Styler.LegendPosition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

    @Test void aSingleLineHasNoLegendAndSeveralHaveItBelow() {
        double[] x = {1, 2};
        var plot = new LinePlot("accuracy", "epoch").line("accuracy", x, new double[] {0.5, 0.9});
        assertFalse(plot.chart().getStyler().isLegendVisible());
        plot.line("nothing", x, new double[] {Double.NaN, Double.NaN});
        assertFalse(plot.chart().getStyler().isLegendVisible(), "one line is drawn");
        var two = plot.line("other", x, new double[] {0.4, 0.6}).chart().getStyler();
        assertTrue(two.isLegendVisible());
        assertEquals(LegendPosition.OutsideS, two.getLegendPosition());
    }

    /** The legend lay over it. */
    @Test void theEndOfARisingLineIsSeen() throws IOException {
        Path png = folder.resolve("accuracy.png");
        double[] epochs = IntStream.rangeClosed(1, 12).asDoubleStream().toArray();
        new LinePlot("accuracy", "epoch").line("a", epochs, Arrays.stream(epochs).map(Math::sqrt).toArray()).write(png);
        BufferedImage image = ImageIO.read(png.toFile());
        int columns = 0;
        for (int x = 600; x < 850; x++) if (lowestColoured(image, x) > 0) columns++;
        assertEquals(250, columns);
    }

    @Test void axesHaveRoundNumbers() {
        assertEquals(new Range(0.35, 0.7), rounded(new Range(0.3697, 0.6812).widened()));
        assertEquals(new Range(0, 140_000), new Range(8_000, 123_456).widened());
        assertEquals(new Range(-2, 3), rounded(new Range(-1.7, 2.6).widened()));
        assertEquals(new Range(0.33, 0.41), rounded(new Range(0.3697, 0.3697).widened()), "about a single value");
        assertEquals(new Range(0, 0), rounded(new Range(0, 0).widened()));
        assertEquals(List.of("0.37", "0.3", "0", "-1.5", "140000", "0.0005", "2E-7", "1.2E+9", "0"),
                DoubleStream.of(0.37, 0.1 + 0.2, 0, -1.5, 140_000, 5e-4, 2e-7, 1.2e9, 1e-17)
                        .mapToObj(Range::label).toList());
        assertEquals(List.of("1", " ", "100"), DoubleStream.of(1, 1.5, 100).mapToObj(Range::whole).toList());
    }

    private static Range rounded(Range range) {
        return new Range(Math.round(range.min() * 1e6) / 1e6, Math.round(range.max() * 1e6) / 1e6);
    }

    /** An axis of one point had its value's digits, and no epoch beside it. */
    @Test void aSingleEpochLiesBetweenTwo() {
        var styler = new LinePlot("accuracy", "epoch").line("a", new double[] {1}, new double[] {0.3697}).chart()
                .getStyler();
        assertEquals(0, styler.getXAxisMin());
        assertEquals(2, styler.getXAxisMax());
        assertEquals("0.35", styler.getyAxisTickLabelsFormattingFunction().apply(0.35));
        assertEquals(" ", styler.getxAxisTickLabelsFormattingFunction().apply(0.5));
        styler = new LinePlot("accuracy", "gap").line("a", new double[] {0, 0.25}, new double[] {0.5, 0.6}).chart()
                .getStyler();
        assertEquals("0.05", styler.getxAxisTickLabelsFormattingFunction().apply(0.05), "of no epochs");
    }

    @Test void longNamesAreCutInTheMiddle() {
        assertEquals("Ankle boot", ConfusionPlot.shortened("Ankle boot"));
        assertEquals("a very long …s number 17", ConfusionPlot.shortened("a very long name of class number 17"));
    }

    @Test void manyClassesMakeNoEndlessPicture() throws IOException {
        Path png = folder.resolve("confusion.png");
        int n = 150;
        ConfusionPlot.write(png, new long[n][n], IntStream.range(0, n).mapToObj(i -> "class " + i).toList());
        BufferedImage image = ImageIO.read(png.toFile());
        assertTrue(image.getWidth() < 2800 && image.getHeight() < 2800, image.getWidth() + "x" + image.getHeight());
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
