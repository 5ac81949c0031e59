package dev.merapi.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;

/** One look for all charts, and their way into files. */
final class Pictures {
    private Pictures() {}

    static void style(Styler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setLegendBorderColor(Color.WHITE);
    }

    /** Writes beside and moves into place, so that a viewer never sees half a picture. */
    static void write(Chart<?, ?> chart, Path png) {
        var image = new BufferedImage(chart.getWidth(), chart.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        chart.paint(graphics, image.getWidth(), image.getHeight());
        graphics.dispose();
        Path beside = png.resolveSibling(png.getFileName() + ".tmp");
        try {
            try (var out = Files.newOutputStream(beside)) {
                ImageIO.write(image, "png", out);
            }
            Files.move(beside, png, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write " + png + ": " + e.getMessage(), e);
        }
    }
}
