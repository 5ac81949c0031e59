package dev.merapi.explain.lime;

import dev.merapi.explain.Explainer;
import dev.merapi.explain.Game;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.vision.Image;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LimeTest {
    private record Planted(int players, int... planted) implements Game {
        @Override public double[] values(boolean[][] coalitions) {
            return Arrays.stream(coalitions).mapToDouble(in -> {
                double sum = 0;
                for (int i = 0; i < planted.length; i++) sum += in[planted[i]] ? i + 1 : 0;
                return sum + (in[planted[0]] && in[planted[1]] ? 0.5 : 0);
            }).toArray();
        }
    }

    @Test void findsWhatWasPlanted() {
        var found = new Lime().share(new Planted(30, 4, 11, 25));
        assertEquals(List.of(25, 11, 4), found.strongest().subList(0, 3));
        assertTrue(Math.abs(found.values()[0]) < 0.1);
    }

    /** (Xᵀ W X + λ I)⁻¹ Xᵀ W y with an intercept that is not penalised, by another solver. */
    @Test void weightsAreThoseOfAWeightedRidge() {
        int n = 7;
        var lime = new Lime(200, 0.25, 1, 5);
        var game = new Planted(n, 1, 3, 6);
        boolean[][] in = lime.coalitions(n);
        var x = new double[200 * (n + 1)];
        var w = new double[200];
        for (int s = 0; s < 200; s++) {
            int size = 0;
            for (int i = 0; i < n; i++) {
                x[s * (n + 1) + i] = in[s][i] ? 1 : 0;
                size += in[s][i] ? 1 : 0;
            }
            x[s * (n + 1) + n] = 1;
            double cosine = size == 0 ? 0 : size / (Math.sqrt(size) * Math.sqrt(n));
            w[s] = Math.exp(-(1 - cosine) * (1 - cosine) / (0.25 * 0.25));
        }
        try (var _ = Scope.open()) {
            var rows = Tensor.of(x, 200, n + 1);
            var weighted = rows.mul(Tensor.of(w, 200, 1)).mT();
            var penalty = Tensor.eye(n + 1).to(DType.FLOAT64);
            penalty.select(0, n).zero_();
            double[] ridge = weighted.matmul(rows).add(penalty)
                    .solve(weighted.matmul(Tensor.of(game.values(in), 200, 1))).toDoubles();
            var found = lime.share(game);
            assertArrayEquals(Arrays.copyOf(ridge, n), found.values(), 1e-6);
            assertEquals(ridge[n], found.base(), 1e-6);
        }
    }

    @Test void aLinearModelIsFoundExactlyWithoutAPenalty() {
        try (var _ = Scope.open()) {
            var weights = Tensor.of(new double[] {1, -2, 3, 0.5}, 4, 1);
            var x = Tensor.of(new double[] {1, 2, 3, 4}, 1, 4);
            var explainer = Explainer.hiding(Game.of(rows -> rows.matmul(weights), x.zerosLike(), Game.each(4)),
                    new Lime(100, 0.25, 0, 0));
            assertArrayEquals(new double[] {1, -4, 9, 2}, explainer.explain(x, 0).values(), 1e-9);
        }
    }

    @Test void tooFewSamplesAreNamed() {
        var error = assertThrows(IllegalArgumentException.class,
                () -> new Lime(5, 0.25, 0, 0).share(new Planted(30, 1, 2)));
        assertTrue(error.getMessage().contains("take more samples"), error.getMessage());
    }

    /** Four squares of four colours are four parts, or are cut further, but none crosses an edge. */
    @Test void superpixelsFollowEdges() {
        var image = new Image(32, 32, 3);
        for (int y = 0; y < 32; y++) {
            for (int x = 0; x < 32; x++) {
                int quarter = (y < 14 ? 0 : 2) + (x < 18 ? 0 : 1);
                for (int c = 0; c < 3; c++) {
                    image.pixels()[(y * 32 + x) * 3 + c] = (byte) (quarter == 3 || quarter == c ? 250 : 10);
                }
            }
        }
        int[] parts = new Slic(16, 10).of(image);
        int count = Arrays.stream(parts).max().orElseThrow() + 1;
        assertTrue(count >= 4 && count <= 40, "" + count);
        assertEquals(count, Arrays.stream(parts).distinct().count());
        var quarters = new int[count];
        Arrays.fill(quarters, -1);
        int crossing = 0;
        for (int i = 0; i < parts.length; i++) {
            int quarter = (i / 32 < 14 ? 0 : 2) + (i % 32 < 18 ? 0 : 1);
            if (quarters[parts[i]] < 0) quarters[parts[i]] = quarter;
            else if (quarters[parts[i]] != quarter) crossing++;
        }
        assertTrue(crossing < 0.03 * parts.length, "" + crossing);
    }
}
