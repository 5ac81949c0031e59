package dev.merapi.seams;

import dev.merapi.nn.Dropout;
import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Random numbers that a program owns: federated clients, environments, tests. */
class RngTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    /** One tensor of each way to draw; odd sizes, so that halves of pairs are left over. */
    private static List<Tensor> draw(Rng g) {
        return List.of(Tensor.rand(g, 5), Tensor.randn(g, 7), Tensor.randn(g, 3, 11), Tensor.randint(g, -3, 9, 2, 4),
                Tensor.randperm(g, 30), Tensor.zeros(9).normal_(2, 3, g),
                Tensor.zeros(DType.FLOAT64, 5).uniform_(1, 4, g), Tensor.zeros(40).bernoulli_(0.3, g),
                Tensor.of(new float[] {1, 2, 3, 4}).multinomial(3, false, g), F.dropout(Tensor.ones(60), 0.4, true, g));
    }

    private static List<Tensor> drawFromTheProcess() {
        return List.of(Tensor.rand(5), Tensor.randn(7), Tensor.randn(3, 11), Tensor.randint(-3, 9, 2, 4),
                Tensor.randperm(30), Tensor.zeros(9).normal_(2, 3), Tensor.zeros(DType.FLOAT64, 5).uniform_(1, 4),
                Tensor.zeros(40).bernoulli_(0.3), Tensor.of(new float[] {1, 2, 3, 4}).multinomial(3, false),
                F.dropout(Tensor.ones(60), 0.4, true));
    }

    private static void assertSame(List<Tensor> expected, List<Tensor> actual) {
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).describe(), actual.get(i).describe());
            assertArrayEquals(expected.get(i).toDoubles(), actual.get(i).toDoubles(), "number " + i);
        }
    }

    @Test void givesTheNumbersOfTorchSeed() {
        Torch.seed(12);
        var expected = drawFromTheProcess();
        assertSame(expected, draw(new Rng(12)));
        var generator = new Rng(3);
        draw(generator);
        generator.seed(12);
        assertEquals(12, generator.seed());
        assertSame(expected, draw(generator));
    }

    @Test void dependsOnItsSeedAlone() {
        var alone = draw(new Rng(1));
        Torch.seed(5);
        var process = Torch.rngState().toBytes();
        var one = new Rng(1);
        var other = new Rng(2);
        var mixed = new ArrayList<Tensor>();
        for (Function<Rng, Tensor> draw : List.<Function<Rng, Tensor>>of(
                g -> Tensor.rand(g, 5), g -> Tensor.randn(g, 7), g -> Tensor.randn(g, 3, 11))) {
            draw.apply(other);
            mixed.add(draw.apply(one));
        }
        assertSame(alone.subList(0, 3), mixed);
        assertArrayEquals(process, Torch.rngState().toBytes());
        draw(one);
        assertArrayEquals(process, Torch.rngState().toBytes());
        assertFalse(Arrays.equals(alone.get(0).toFloats(), draw(other).get(0).toFloats()));
    }

    @Test void goesOnFromASavedState() {
        var generator = new Rng(4);
        Tensor.randn(generator, 3); // an odd number: its pair is part of the state
        var state = generator.state();
        var expected = draw(generator);
        assertSame(expected, draw(from(state, generator)));
        assertSame(expected, draw(from(state, new Rng(99))));
        var e = assertThrows(IllegalArgumentException.class, () -> generator.state(Tensor.zeros(3)));
        assertEquals("Rng.state: expected " + state.numel() + " bytes, as state() of a generator on cpu returns."
                + " Received float32 (3) cpu", e.getMessage());
        assertSame(draw(from(state, generator)), expected); // still whole
    }

    private static Rng from(Tensor state, Rng generator) {
        generator.state(state);
        return generator;
    }

    /** A client's model: initial weights and dropout of its own. */
    private static final class Client extends Layer {
        final Param weight;
        final Dropout dropout;

        Client(Rng generator) {
            weight = param(t -> t.normal_(0, 0.1, generator), 4, 4);
            dropout = new Dropout(0.5, generator);
        }

        Tensor forward() { return dropout.forward(weight); }
    }

    @Test void aModelOfItsOwnNumbers() {
        Supplier<float[]> run = () -> {
            var client = new Client(new Rng(8));
            client.forward();
            return client.forward().toFloats();
        };
        float[] expected = run.get();
        Init.normal(0, 1).apply(new Param(Tensor.zeros(3))); // the process goes on meanwhile
        assertArrayEquals(expected, run.get());
        var client = new Client(new Rng(8));
        client.eval();
        assertArrayEquals(client.weight.toFloats(), client.forward().toFloats());
    }

    @Test void dropsTheShareAndPassesItsGradient() {
        var x = new Param(Tensor.ones(10_000));
        var y = F.dropout(x, 0.25, true, new Rng(1));
        y.sum().backward();
        assertArrayEquals(y.toFloats(), x.grad().toFloats()); // 0, or 1 / 0.75
        assertEquals(7_500, y.ne(0).sum().itemLong(), 200); // more than four deviations
        assertEquals(1 / 0.75, y.max().item(), 1e-6);
        assertEquals(0, F.dropout(x, 1, true, new Rng(1)).abs().sum().item());
    }

    @Test void describesItself() {
        var generator = new Rng(7);
        assertEquals("Rng(cpu, seed=7)", generator.toString());
        assertEquals(Device.CPU, generator.device());
        var e = assertThrows(IllegalArgumentException.class, () -> Tensor.randint(generator, 4, 4, 2));
        assertEquals("Tensor.randint: expected low < high. Received 4 and 4", e.getMessage());
    }
}
