package dev.merapi.explain.shap;

import dev.merapi.explain.Attribution;
import dev.merapi.explain.Chunks;
import dev.merapi.explain.Explainer;
import dev.merapi.explain.Game;
import dev.merapi.explain.Sharing;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ShapTest {
    /** Of n players: products of neighbours and sines, so that no player is worth the same twice. */
    private record Made(int players) implements Game {
        @Override public double[] values(boolean[][] coalitions) {
            return Arrays.stream(coalitions).mapToDouble(Made::worth).toArray();
        }

        private static double worth(boolean[] in) {
            double sum = 3;
            for (int i = 0; i < in.length; i++) {
                if (in[i]) sum += Math.sin(i + 1);
                if (in[i] && in[(i + 1) % in.length]) sum += 0.7 * Math.cos(i);
                if (in[i] && in[0] && in[in.length - 1]) sum -= 0.1 * i;
            }
            return sum;
        }
    }

    private static Sequential net(int in) {
        Torch.seed(3);
        var net = new Sequential(new Linear(in, 16), new Relu(), new Linear(16, 2));
        net.to(DType.FLOAT64);
        return net;
    }

    @Test void kernelShapIsExactUpToTenFeatures() {
        for (int n : new int[] {2, 3, 7, 10}) {
            var exact = new ExactShap().share(new Made(n));
            assertArrayEquals(exact.values(), new KernelShap().share(new Made(n)).values(), 1e-9);
            assertEquals(0, exact.gap(), 1e-12);
        }
    }

    /** The definition itself, over all orders. */
    @Test void exactShapIsTheMeanOverAllOrders() {
        int n = 5;
        var game = new Made(n);
        var phi = new double[n];
        orders(game, new boolean[n], phi, 1);
        assertArrayEquals(phi, new ExactShap().share(game).values(), 1e-12);
    }

    private static void orders(Game game, boolean[] in, double[] phi, double share) {
        int left = 0;
        for (boolean there : in) if (!there) left++;
        for (int i = 0; i < in.length; i++) {
            if (in[i]) continue;
            var with = in.clone();
            with[i] = true;
            phi[i] += share / left * (game.value(with) - game.value(in));
            orders(game, with, phi, share / left);
        }
    }

    @Test void manyFeaturesAreDrawnAndTheSumHolds() {
        int n = 15;
        var exact = new ExactShap().share(new Made(n));
        for (Sharing sharing : List.of(new KernelShap(3000, 1), new PermutationShap(100, 1), new SamplingShap(400, 1),
                new PartitionShap(PartitionShap.Tree.line(0, n), 2000))) {
            var shared = sharing.share(new Made(n));
            assertEquals(0, shared.gap(), 1e-9, sharing.toString());
            if (sharing instanceof PartitionShap) continue; // other values
            assertArrayEquals(exact.values(), shared.values(), 0.3, sharing.toString());
        }
    }

    @Test void moreSamplesAreNearer() {
        int n = 16;
        double[] exact = new ExactShap().share(new Made(n)).values();
        assertTrue(distance(exact, new KernelShap(8000, 2)) < 0.6 * distance(exact, new KernelShap(600, 2)));
    }

    private static double distance(double[] exact, Sharing sharing) {
        double[] values = sharing.share(new Made(exact.length)).values();
        double sum = 0;
        for (int i = 0; i < exact.length; i++) sum += Math.pow(values[i] - exact[i], 2);
        return Math.sqrt(sum);
    }

    /** Of a linear model the contribution is the weight times the difference to the background's mean. */
    @Test void aLinearModelHasItsClosedForm() {
        int n = 14;
        try (var _ = Scope.open()) {
            Torch.seed(1);
            var linear = new Linear(n, 1);
            linear.to(DType.FLOAT64);
            var x = Tensor.randn(1, n).to(DType.FLOAT64);
            var background = Tensor.randn(20, n).to(DType.FLOAT64);
            double[] closed = x.sub(background.mean(0)).mul(linear.params().get("weight")).toDoubles();
            for (Sharing sharing : List.of(new KernelShap(400, 0), new PermutationShap(2, 0), new SamplingShap(3, 0),
                    new PartitionShap(PartitionShap.Tree.line(0, n), 500))) {
                var explainer = Explainer.hiding(Game.of(linear, background, Game.each(n)), sharing);
                // the kernel's tiny ridge moves the last digits
                assertArrayEquals(closed, explainer.explain(x, 0).values(), 1e-6, sharing.toString());
            }
            linear.close();
        }
    }

    /** Owen's value of a tree of two pairs, written out by hand from its definition. */
    @Test void partitionShapIsOwensValue() {
        var game = new Made(4);
        var tree = new PartitionShap.Tree.Branch(PartitionShap.Tree.line(0, 2), line(2));
        double[] owen = new double[4];
        for (int i = 0; i < 4; i++) {
            int partner = i ^ 1;
            for (int others = 0; others < 2; others++) { // whether the other pair came before
                for (int near = 0; near < 2; near++) {
                    var in = new boolean[4];
                    if (others == 1) in[(i + 2) % 4] = in[(partner + 2) % 4] = true;
                    if (near == 1) in[partner] = true;
                    var with = in.clone();
                    with[i] = true;
                    owen[i] += 0.25 * (game.value(with) - game.value(in));
                }
            }
        }
        assertArrayEquals(owen, new PartitionShap(tree, 100).share(game).values(), 1e-12);
    }

    private static PartitionShap.Tree line(int from) {
        return new PartitionShap.Tree.Branch(new PartitionShap.Tree.Leaf(from), new PartitionShap.Tree.Leaf(from + 1));
    }

    @Test void aSpentBudgetLeavesEqualParts() {
        var shared = new PartitionShap(PartitionShap.Tree.line(0, 8), 4).share(new Made(8));
        assertEquals(0, shared.gap(), 1e-12);
        assertEquals(shared.values()[0], shared.values()[3], 1e-12);
    }

    @Test void theTreeOfAGridHasEachCellOnce() {
        var cells = PartitionShap.Tree.grid(5, 7).features();
        assertEquals(35, cells.size());
        assertEquals(35, cells.stream().distinct().count());
    }

    /** The chunk changes nothing but memory: the most rows that the model is given is the chunk. */
    @Test void theChunkBoundsWhatTheModelIsGiven() {
        long before = Scope.live();
        try (var _ = Scope.open()) {
            var net = net(6);
            var x = Tensor.randn(1, 6).to(DType.FLOAT64);
            var background = Tensor.randn(9, 6).to(DType.FLOAT64);
            var most = new long[1];
            var told = new int[1];
            Unary counted = rows -> {
                most[0] = Math.max(most[0], rows.size(0));
                return net.forward(rows);
            };
            var chunks = Chunks.DEFAULT.chunk(7).progress(rows -> told[0] += rows);
            var small = Explainer.hiding(Game.of(counted, background, Game.each(6), chunks), new KernelShap());
            Attribution one = small.explain(x, 1);
            assertEquals(7, most[0]);
            assertEquals(64 * 9, told[0]);
            var large = Explainer.hiding(Game.of(net, background, Game.each(6)), new KernelShap()).explain(x, 1);
            assertArrayEquals(large.values(), one.values(), 1e-9);
            net.close();
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void groupsAreHiddenTogether() {
        try (var _ = Scope.open()) {
            var net = net(4);
            var x = Tensor.of(new double[] {1, 2, 3, 4}, 1, 4);
            var background = Tensor.zeros(DType.FLOAT64, 1, 4);
            var pairs = Explainer.hiding(Game.of(net, background, new int[] {0, 0, 1, 1}), new ExactShap());
            assertEquals(2, pairs.explain(x, 0).values().length);
            var fixed = Explainer.hiding(Game.of(net, background, new int[] {0, -1, 1, -1}), new ExactShap());
            double known = net.forward(Tensor.of(new double[] {0, 2, 0, 4}, 1, 4)).select(1, 0).item();
            assertEquals(known, fixed.explain(x, 0).base(), 1e-12);
            net.close();
        }
    }

    @Test void aConstantFeatureContributesNothing() {
        try (var _ = Scope.open()) {
            var net = net(14);
            var x = Tensor.randn(1, 14).to(DType.FLOAT64);
            var background = Tensor.randn(5, 14).to(DType.FLOAT64);
            x.select(1, 3).fill_(0.5);
            background.select(1, 3).fill_(0.5);
            var shared = Explainer.hiding(Game.of(net, background, Game.each(14)), new KernelShap(6000, 0));
            assertEquals(0, shared.explain(x, 0).values()[3], 0.02); // of a sample: near it
            assertEquals(0, Explainer.hiding(Game.of(net, background, Game.each(14)), new ExactShap())
                    .explain(x, 0).values()[3], 1e-12);
            net.close();
        }
    }

    @Test void badInputIsNamed() {
        try (var _ = Scope.open()) {
            var net = net(4);
            var x = Tensor.zeros(DType.FLOAT64, 1, 4);
            assertSays("rows of (4), as the input. Received (3, 5)", () -> Game.of(net,
                    Tensor.zeros(DType.FLOAT64, 3, 5), Game.each(4)).of(x, 0));
            assertSays("output: expected 0 to 1, the model's outputs. Received 2", () -> Explainer.hiding(
                    Game.of(net, x, Game.each(4)), new KernelShap()).explain(x, 2));
            assertSays("a feature for each of the 4 elements", () -> Game.of(net, x, Game.each(3)).of(x, 0));
            assertSays("one input (1, …)", () -> Game.of(net, x, Game.each(4)).of(Tensor.zeros(2, 4), 0));
            assertSays("take KernelShap", () -> new ExactShap().share(new Made(21)));
            net.close();
        }
    }

    private static void assertSays(String part, Runnable wrong) {
        var message = assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
