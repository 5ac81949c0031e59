package dev.merapi.compress.lowrank;

import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LowRankTest {
    @BeforeEach void seed() { Torch.seed(4); }

    /** A weight of rank 2, and one of full rank. */
    private static Sequential net() {
        try (var _ = Scope.open()) {
            return new Sequential(new Linear(new Param(Tensor.randn(12, 2).matmul(Tensor.randn(2, 8))),
                    new Param(Tensor.randn(12))), new Relu(), new Linear(new Param(Tensor.randn(6, 12)), null));
        }
    }

    @Test void ofItsOwnRankAMapStaysTheSame() {
        try (var _ = Scope.open()) {
            var net = net();
            Tensor x = Tensor.randn(5, 8), before = net.forward(x);
            assertEquals(1, LowRank.factorize(net, Map.of("0", 2)));
            assertTrue(net.forward(x).allClose(before, 1e-4, 1e-4));
            assertArrayEquals(new long[] {2, 8}, net.params().get("0.down.weight").shape());
            assertArrayEquals(new long[] {12, 2}, net.params().get("0.up.weight").shape());
            net.forward(x).sum().backward(); // and learns on
            assertTrue(net.params().values().stream().allMatch(p -> p.grad() != null));
        }
    }

    /** Eckart and Young: the squared error of the best approximation is the sum of the squares left out. */
    @Test void theErrorIsThatOfTheSingularValuesLeftOut() {
        try (var _ = Scope.open()) {
            var net = net();
            Tensor w = net.params().get("2.weight").detach().copy();
            double[] s = w.svdValues().toDoubles();
            LowRank.factorize(net, Map.of("2", 4));
            Tensor product = net.params().get("2.up.weight").matmul(net.params().get("2.down.weight"));
            double error = w.sub(product).square().sum().item();
            assertEquals(s[4] * s[4] + s[5] * s[5], error, 1e-3);
        }
    }

    @Test void theScanFindsTheMapThatCanSpareItsRank() {
        try (var _ = Scope.open()) {
            var net = net();
            Tensor x = Tensor.randn(50, 8), before = net.forward(x);
            float[] weight = net.params().get("0.weight").toFloats();
            var scan = LowRank.scan(net, _ -> true, List.of(0.3, 0.6), () -> {
                try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                    return net.forward(x).sub(before).square().mean().item();
                }
            });
            assertEquals(4, scan.size());
            assertArrayEquals(weight, net.params().get("0.weight").toFloats());
            // rank 0.6 · 96 / 20 = 2.9, all that the first has
            assertTrue(scan.get(1).rank() == 3 && scan.get(1).loss() < 1e-6, "" + scan);
            assertTrue(scan.get(3).loss() > 0.1, "" + scan);
            assertEquals(Map.of("0", 3), LowRank.choose(scan, 0.8));
            var e = assertThrows(IllegalArgumentException.class, () -> LowRank.choose(scan, 0.1));
            assertTrue(e.getMessage().startsWith("LowRank.choose: expected a scan with ranks that are small enough"));
        }
    }

    @Test void whatCannotBeIsRefused() {
        var net = net();
        var e = assertThrows(IllegalArgumentException.class, () -> LowRank.factorize(net, Map.of("0", 9)));
        assertEquals("LowRank.factorize.0: expected a rank from 1 to 8. Received 9.", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> LowRank.factorize(net, Map.of("1", 2)));
        assertEquals("LowRank.factorize: expected names of affine maps. Received 1.", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> LowRank.scan(net, _ -> false, List.of(0.5), () -> 0));
        assertEquals("LowRank.scan: expected names of affine maps. Received none of such a name.", e.getMessage());
        net.close();
    }
}
