package dev.merapi.explain.picture;

import dev.merapi.plot.Figure;
import dev.merapi.tensor.Expect;
import java.awt.Font;
import java.awt.geom.AffineTransform;
import java.util.Arrays;
import java.util.List;

/** How much each token has of each: a square for a pair, the row's token of the column's, the stronger the redder. */
public final class PairMap {
    /** Tokens that a map has room for. */
    public static final int MOST = 64;

    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final int CELL = 18;
    private static final int NAMES = 110;
    private static final int MARGIN = 16;
    private static final int TITLE = 40;

    private PairMap() {}

    /**
     * @param pairs (T, T), such as those of {@link dev.merapi.explain.attention.AttentionMaps}
     * @param tokens T, at most {@link #MOST}
     */
    public static Figure of(double[][] pairs, List<String> tokens, String title) {
        int n = tokens.size();
        Expect.that(n >= 1 && n <= MOST, "PairMap", "1 to " + MOST + " tokens", n);
        Expect.that(pairs.length == n && Arrays.stream(pairs).allMatch(row -> row.length == n), "PairMap",
                "a row and a column for each of " + n + " tokens", pairs.length + " rows");
        double range = Colours.range(Arrays.stream(pairs).flatMapToDouble(Arrays::stream).toArray());
        int left = MARGIN + NAMES, top = TITLE + NAMES, side = n * CELL;
        return new Figure(Math.max(left + side + MARGIN, 420), top + side + MARGIN, g -> {
            g.setColor(Colours.TEXT);
            g.drawString(title, MARGIN, 24);
            g.setFont(FONT);
            var across = FONT.deriveFont(AffineTransform.getRotateInstance(-Math.PI / 2));
            for (int i = 0; i < n; i++) {
                String name = shortened(tokens.get(i).strip());
                g.setColor(Colours.TEXT);
                g.setFont(FONT);
                int width = g.getFontMetrics().stringWidth(name);
                g.drawString(name, left - 6 - width, top + i * CELL + CELL - 5);
                g.setFont(across);
                g.drawString(name, left + i * CELL + CELL - 5, top - 6);
                for (int j = 0; j < n; j++) {
                    g.setColor(Colours.shade(pairs[i][j] / range));
                    g.fillRect(left + j * CELL, top + i * CELL, CELL - 1, CELL - 1);
                }
            }
        });
    }

    private static String shortened(String token) {
        return token.length() <= 14 ? token : token.substring(0, 13) + "…";
    }
}
