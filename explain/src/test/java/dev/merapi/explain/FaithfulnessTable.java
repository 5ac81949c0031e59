package dev.merapi.explain;

import dev.merapi.explain.measure.Faithfulness;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Mean areas below the curves of deletion and insertion, for several methods and a random order. */
public final class FaithfulnessTable {
    private static final String RANDOM = "random";
    private static final int PLACES = 7;

    private static final class Curves {
        private double deletion, insertion;
        private int count;
    }

    private final Map<String, Curves> all = new LinkedHashMap<>();
    private final int steps;
    private final SplittableRandom random;
    private final SplittableRandom regions;

    /** @param steps in which all players are hidden */
    public FaithfulnessTable(int steps, long seed) {
        this.steps = steps;
        random = new SplittableRandom(seed);
        regions = new SplittableRandom(seed + 1);
    }

    /** One input's contributions by a method. */
    public void add(String method, Game game, double[] contributions) {
        var curves = all.computeIfAbsent(method, _ -> new Curves());
        curves.deletion += Faithfulness.area(Faithfulness.deletion(game, contributions, steps));
        curves.insertion += Faithfulness.area(Faithfulness.insertion(game, contributions, steps));
        curves.count++;
    }

    /** Drawn contributions, to compare with. */
    public void addRandom(Game game) { add(RANDOM, game, random.doubles(game.players()).toArray()); }

    /** Drawn maps of 7x7 places, laid over the players, a square of so many on a side: as smooth as Grad-CAM's. */
    public void addRandomRegions(Game game, int side) {
        double[] places = regions.doubles(PLACES * PLACES).toArray();
        var values = new double[side * side];
        for (int i = 0; i < values.length; i++) {
            double y = (i / side) * (PLACES - 1.0) / (side - 1), x = (i % side) * (PLACES - 1.0) / (side - 1);
            int top = Math.min((int) y, PLACES - 2), left = Math.min((int) x, PLACES - 2);
            for (int corner = 0; corner < 4; corner++) {
                int row = top + corner / 2, column = left + corner % 2;
                values[i] += (1 - Math.abs(y - row)) * (1 - Math.abs(x - column)) * places[row * PLACES + column];
            }
        }
        add("random regions", game, values);
    }

    public void print() {
        all.forEach((name, c) -> System.out.printf("%-18s deletion %.3f insertion %.3f%n", name,
                c.deletion / c.count, c.insertion / c.count));
    }

    /** Of these methods, that what they name first brings the output back sooner than a random order does. */
    public void assertInsertsBetterThanRandom(Set<String> methods) {
        var drawn = all.get(RANDOM);
        for (String name : methods) {
            var c = all.get(name);
            assertTrue(c.insertion / c.count > drawn.insertion / drawn.count, name + ": insertion");
        }
    }

    /**
     * @param coarse methods of which only insertion is asked, for they say which regions matter
     * @param fine methods of which only deletion is asked, for they say which pixels do
     */
    public void assertBetterThanRandom(Set<String> coarse, Set<String> fine) {
        var drawn = all.get(RANDOM);
        all.forEach((name, c) -> {
            if (name.equals(RANDOM)) return;
            assertTrue(fine.contains(name) || c.insertion / c.count > drawn.insertion / drawn.count,
                    name + ": insertion");
            assertTrue(coarse.contains(name) || c.deletion / c.count < drawn.deletion / drawn.count,
                    name + ": deletion");
        });
    }
}
