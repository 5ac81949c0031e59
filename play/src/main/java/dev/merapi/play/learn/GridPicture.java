package dev.merapi.play.learn;

import dev.merapi.play.agent.Agent;
import dev.merapi.play.env.GridWorld;
import dev.merapi.plot.Figure;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What an agent thinks of each square of a grid world: its value as a colour and a number, its action as an arrow. */
final class GridPicture {
    private static final int SIDE = 64;
    private static final Color LOW = new Color(0x3B6EA8);
    private static final Color HIGH = new Color(0xF2C14E);

    private GridPicture() {}

    /** @param agent of four directions */
    static Figure of(GridWorld world, Agent<Integer> agent) {
        int squares = world.rows() * world.columns();
        var seen = new float[squares * squares];
        for (int i = 0; i < squares; i++) seen[i * squares + i] = 1; // as GridWorld.seen
        float[] worth = agent.worth(seen);
        List<Integer> actions = agent.greedy().act(seen, new ArrayList<>(Collections.nCopies(squares, null)));
        double least = Double.POSITIVE_INFINITY, most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < squares; i++) {
            if (!isFree(world, i)) continue;
            least = Math.min(least, worth[i]);
            most = Math.max(most, worth[i]);
        }
        double low = least, range = Math.max(1e-9, most - least);
        return new Figure(world.columns() * SIDE, world.rows() * SIDE, g -> {
            for (int i = 0; i < squares; i++) {
                int x = i % world.columns() * SIDE, y = i / world.columns() * SIDE;
                if (isFree(world, i)) {
                    square(g, x, y, between((worth[i] - low) / range));
                    write(g, x, y, GridWorld.ARROWS.get(actions.get(i)), String.format(Locale.ROOT, "%.2f", worth[i]));
                } else {
                    square(g, x, y, world.at(i) == 'G' ? new Color(0x4C8C4A) : Color.DARK_GRAY);
                }
            }
        });
    }

    private static boolean isFree(GridWorld world, int square) { return "S.".indexOf(world.at(square)) >= 0; }

    private static Color between(double share) {
        return new Color(mix(LOW.getRed(), HIGH.getRed(), share), mix(LOW.getGreen(), HIGH.getGreen(), share),
                mix(LOW.getBlue(), HIGH.getBlue(), share));
    }

    private static int mix(int a, int b, double share) { return (int) Math.round(a + (b - a) * share); }

    private static void square(Graphics2D g, int x, int y, Color color) {
        g.setColor(color);
        g.fillRect(x + 1, y + 1, SIDE - 2, SIDE - 2);
    }

    private static void write(Graphics2D g, int x, int y, String arrow, String value) {
        g.setColor(Color.BLACK);
        g.setFont(g.getFont().deriveFont(22f));
        g.drawString(arrow, x + (SIDE - g.getFontMetrics().stringWidth(arrow)) / 2, y + 32);
        g.setFont(g.getFont().deriveFont(12f));
        g.drawString(value, x + (SIDE - g.getFontMetrics().stringWidth(value)) / 2, y + 54);
    }
}
