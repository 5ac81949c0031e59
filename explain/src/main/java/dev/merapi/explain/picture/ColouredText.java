package dev.merapi.explain.picture;

import dev.merapi.explain.Attribution;
import dev.merapi.plot.Figure;
import dev.merapi.tensor.Expect;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** The tokens of a text, each on a colour as strong as its contribution: red for, blue against. */
public final class ColouredText {
    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
    private static final int WIDTH = 720;
    private static final int LINE = 26;
    private static final int MARGIN = 16;
    private static final int TITLE = 40;
    private static final int PAD = 2; // on both sides of a token
    private static final int GAP = 5; // between words

    private ColouredText() {}

    private record Placed(String token, int x, int line, int width, double strength) {}

    /** @param tokens one for each contribution */
    public static Figure of(Attribution found, List<String> tokens, String title) {
        Expect.that(tokens.size() == found.values().length, "ColouredText", "a token for each of the "
                + found.values().length + " contributions", tokens.size());
        var metrics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics().getFontMetrics(FONT);
        var placed = placed(found, tokens, metrics);
        int lines = placed.isEmpty() ? 1 : placed.getLast().line + 1;
        return new Figure(WIDTH, TITLE + lines * LINE + MARGIN, g -> {
            g.setColor(Colours.TEXT);
            g.drawString(title, MARGIN, 24);
            g.setFont(FONT);
            for (var token : placed) {
                int y = TITLE + token.line * LINE;
                g.setColor(Colours.shade(token.strength));
                g.fillRoundRect(token.x, y, token.width, LINE - 4, 6, 6);
                g.setColor(Math.abs(token.strength) > 0.6 ? Color.WHITE : Colours.TEXT);
                g.drawString(token.token, token.x + PAD, y + LINE - 10);
            }
        });
    }

    private static List<Placed> placed(Attribution found, List<String> tokens, FontMetrics metrics) {
        double range = 0;
        for (double value : found.values()) range = Math.max(range, Math.abs(value));
        var placed = new ArrayList<Placed>();
        boolean spaced = tokens.stream().anyMatch(token -> token.startsWith(" ")); // others go on with a word then
        int x = MARGIN, line = 0;
        for (int i = 0; i < tokens.size(); i++) {
            String shown = tokens.get(i).strip();
            boolean joined = spaced ? !tokens.get(i).startsWith(" ") : tokens.get(i).startsWith("##"); // WordPiece's
            int width = metrics.stringWidth(shown) + 2 * PAD;
            x += joined ? 1 : GAP;
            if (x + width > WIDTH - MARGIN && x > MARGIN) {
                x = MARGIN;
                line++;
            }
            placed.add(new Placed(shown, x, line, width, range == 0 ? 0 : found.values()[i] / range));
            x += width;
        }
        return placed;
    }
}
