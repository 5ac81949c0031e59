package dev.merapi.vision.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.io.AtomicFiles;
import dev.merapi.recipe.Mistake;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabeledImage;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Pictures that were taken for something else, as the model saw them: what each is, and what it was taken for. */
final class MistakeGrid {
    private static final int COLUMNS = 6;
    private static final int MOST = 24;
    private static final int SIDE = 150;
    private static final int TEXT = 40;
    private static final int GAP = 10;

    private MistakeGrid() {}

    /** Draws the first of them. */
    static void write(List<Mistake> mistakes, Dataset<LabeledImage> test, Path png) {
        var shown = mistakes.subList(0, Math.min(MOST, mistakes.size()));
        int rows = Math.ceilDiv(shown.size(), COLUMNS), columns = Math.min(COLUMNS, shown.size());
        var grid = new BufferedImage(GAP + columns * (SIDE + GAP), GAP + rows * (SIDE + TEXT + GAP),
                BufferedImage.TYPE_INT_RGB);
        Graphics2D g = grid.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, grid.getWidth(), grid.getHeight());
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        for (int i = 0; i < shown.size(); i++) {
            var mistake = shown.get(i);
            int x = GAP + i % COLUMNS * (SIDE + GAP), y = GAP + i / COLUMNS * (SIDE + TEXT + GAP);
            g.drawImage(picture(test.get(mistake.index()).image()), x, y, SIDE, SIDE, null); // every pixel a square
            g.setColor(new Color(0xB00020));
            g.drawString(cut(g, mistake.answer().toString()), x, y + SIDE + 16);
            g.setColor(Color.DARK_GRAY);
            g.drawString(cut(g, "is " + mistake.expected()), x, y + SIDE + 33);
        }
        g.dispose();
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(grid, "png", bytes);
        } catch (IOException e) {
            throw new AssertionError("writing to memory", e);
        }
        AtomicFiles.write(png, bytes.toByteArray());
    }

    private static BufferedImage picture(Image image) {
        var picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] pixels = image.toRgb().pixels();
        for (int i = 0; i < pixels.length / 3; i++) {
            picture.setRGB(i % image.width(), i / image.width(), (pixels[3 * i] & 0xFF) << 16
                    | (pixels[3 * i + 1] & 0xFF) << 8 | pixels[3 * i + 2] & 0xFF);
        }
        return picture;
    }

    private static String cut(Graphics2D g, String text) {
        if (g.getFontMetrics().stringWidth(text) <= SIDE) return text;
        int length = text.length();
        while (length > 1 && g.getFontMetrics().stringWidth(text.substring(0, length) + "…") > SIDE) length--;
        return text.substring(0, length) + "…";
    }
}
