package dev.merapi.plot;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import dev.merapi.io.AtomicFiles;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A drawing of one's own, as PNG or SVG.
 *
 * <pre>{@code
 * new Figure(200, 100, g -> g.drawString("a", 20, 50)).write(Path.of("a.svg"));
 * }</pre>
 *
 * @param painter draws on white, in pixels of a screen; may be called several times
 */
public record Figure(int width, int height, Consumer<Graphics2D> painter) {
    private static final int SCALE = 2; // of PNG, for sharp letters

    /** Writes the whole picture or nothing, as SVG where the name ends so and else as PNG; makes the folder. */
    public void write(Path file) {
        if (file.toString().endsWith(".svg")) AtomicFiles.write(file, svg());
        else AtomicFiles.write(file, png());
    }

    /** As a PNG file, of twice the size. */
    public byte[] png() {
        var image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.scale(SCALE, SCALE);
        paint(graphics);
        graphics.dispose();
        return Pictures.png(image);
    }

    /** As an SVG file. */
    public String svg() {
        var graphics = new VectorGraphics2D();
        paint(graphics);
        var bytes = new ByteArrayOutputStream();
        try {
            new SVGProcessor().getDocument(graphics.getCommands(), new PageSize(0, 0, width, height)).writeTo(bytes);
        } catch (IOException e) {
            throw new AssertionError("writing to memory", e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private void paint(Graphics2D graphics) {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(Color.BLACK);
        painter.accept(graphics);
    }
}
