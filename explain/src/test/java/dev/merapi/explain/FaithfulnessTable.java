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

    private static final class Curves {
        private double deletion, insertion;
        private int count;
    }

    private final Map<String, Curves> all = new LinkedHashMap<>();
    private final int steps;
    private final SplittableRandom random;

    /** @param steps in which all players are hidden */
    public FaithfulnessTable(int steps, long seed) {
        this.steps = steps;
        random = new SplittableRandom(seed);
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
