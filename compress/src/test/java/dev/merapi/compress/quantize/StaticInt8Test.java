package dev.merapi.compress.quantize;

import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.PaddingMode;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is expected is from src/test/python/static_int8.py. */
class StaticInt8Test {
    private static Tensor grid(int a, int b, int c, int d, long... shape) {
        int n = 1;
        for (long size : shape) n *= (int) size;
        return Tensor.arange(n).mul(a).remainder(b).sub(c).to(DType.FLOAT32).div(d).view(shape);
    }

    @Test void valuesAndGradientsArePyTorchs() {
        try (var _ = Scope.open()) {
            var conv = new Conv2d(2, 2, 2);
            try (var _ = Torch.noGrad()) {
                conv.params().get("weight").copy_(grid(5, 17, 8, 10, 2, 2, 2, 2));
                conv.params().get("bias").copy_(Tensor.of(new float[] {0.1f, -0.2f}));
            }
            var fake = FakeInt8.of(conv, new Observer.Range(-1, 1.25), 255, null, false);
            fake.eval();
            Tensor x = grid(7, 23, 11, 8, 1, 2, 3, 3).requiresGrad_(true);
            Tensor y = fake.forward(x);
            y.mul(grid(3, 5, 2, 2, y.shape())).sum().backward();
            assertArrayEquals(new float[] {-0.221149f, 1.883215f, -2.082622f, 0.920213f, 0.205299f, -1.64528f,
                1.059972f, -1.590477f}, y.detach().toFloats(), 1e-5f);
            assertArrayEquals(new float[] {0, 0.103937f, -0.453543f, 0.097638f, -1.795276f, 0.299213f, 0.299213f,
                -0.749606f, 0.900787f, 0.497638f, 0, -0.598425f, -0.198425f, 0, -0.548032f, -0.548032f, 1.096063f,
                -0.648819f}, x.grad().toFloats(), 1e-5f);
            assertArrayEquals(new float[] {-0.630882f, 1.186765f, -3.123529f, 1.186765f, -0.247059f, -0.441177f,
                1.120588f, -3, 1.504412f, -0.807353f, 1.747059f, -0.560294f, 0.622059f, 1.310294f, -1.689706f,
                1.623529f}, fake.weight.grad().contiguous().toFloats(), 1e-5f);
            assertArrayEquals(new float[] {0, -1}, fake.bias.grad().toFloats(), 1e-5f);
        }
    }

    @Test void rangesAndStepsArePyTorchs() {
        try (var _ = Scope.open()) {
            var all = Observing.MIN_MAX.observer();
            var average = Observing.MOVING_AVERAGE.observer();
            assertEquals(Observer.Range.NOTHING, average.range());
            for (Tensor batch : List.of(grid(7, 23, 5, 4, 40), grid(11, 29, 20, 3, 40))) {
                all.see(batch);
                average.see(batch);
            }
            expect(all, -6.6666665, 4.25, 0.04281045, 156);
            expect(average, -1.3041667, 4.2341667, 0.02171895, 60);
            assertEquals(new InputSteps((float) (3.0 / 127), 0, 127), InputSteps.of(new Observer.Range(1, 3), 127));
        }
    }

    private static void expect(Observer observer, double low, double high, double scale, int zeroPoint) {
        assertEquals(low, observer.range().low(), 1e-5);
        assertEquals(high, observer.range().high(), 1e-5);
        var steps = InputSteps.of(observer.range(), 255);
        assertEquals(scale, steps.scale(), 1e-7);
        assertEquals(zeroPoint, steps.zeroPoint());
    }

    /** 20,000 even numbers from -1 to 1, 2,000 more up to 1.9 either way, and three farther out. */
    @Test void whatIsRareAndFarOutIsCutOff() {
        var values = new float[22_003];
        for (int i = 0; i < 20_000; i++) values[i] = (float) ((i * 7919L % 20011 / 20011.0 - 0.5) * 2);
        for (int i = 0; i < 2000; i++) values[20_000 + i] = (float) (Math.pow(Math.sin(i), 3) * 1.9);
        values[22_000] = 2;
        values[22_001] = 8;
        values[22_002] = -6.5f;
        try (var _ = Scope.open()) {
            var entropy = Observing.ENTROPY.observer();
            var parts = Observing.PERCENTILE.observer();
            Tensor x = Tensor.of(values);
            for (Tensor batch : List.of(x.narrow(0, 0, 22_001), x.narrow(0, 22_001, 2))) { // bins grow twice
                entropy.see(batch);
                parts.see(batch);
            }
            double bin = 16.0 / HistogramObserver.BINS;
            double near = (HistogramObserver.STEP + 1) * bin; // the next that is tried
            assertEquals(-2.0625, entropy.range().low(), near);
            assertEquals(2.0625, entropy.range().high(), near);
            assertEquals(-1.89995, parts.range().low(), 4 * bin);
            assertEquals(1.98998, parts.range().high(), 4 * bin);
            var nothing = Observing.ENTROPY.observer();
            nothing.see(Tensor.zeros(5));
            assertEquals(Observer.Range.NOTHING, nothing.range());
        }
    }

    /** All but inputs that lie on the border between two steps, which may go to either. */
    @Test void wholeNumbersGiveWhatRoundingInFloat32Gives() {
        long before = Scope.live();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var layers = new ArrayList<Layer>(List.of(new Conv2d(8, 12, 3),
                    new Conv2d(8, 12, 3, ConvOptions.SAME.noBias()),
                    new Conv2d(8, 16, 5, ConvOptions.DEFAULT.stride(2).padding(2).groups(4)),
                    new Conv2d(8, 8, 1, ConvOptions.DEFAULT.stride(2, 1)), new Linear(6, 10)));
            var rng = new Rng(5);
            for (Layer layer : layers) {
                for (int most : new int[] {127, PackedProduct.most()}) {
                    boolean relu = most == 127;
                    Tensor x = Tensor.randn(rng, 3, 8, 7, 6).mul(2); // much of it outside of the range
                    var fake = FakeInt8.of(layer, new Observer.Range(-2, 3), most, null, relu);
                    fake.eval();
                    var whole = StaticInt8.of(fake);
                    Tensor expected = fake.forward(x), y = whole.forward(x);
                    assertArrayEquals(expected.shape(), y.shape());
                    double step = whole.inputScale.item() * fake.weight.abs().max().item();
                    assertTrue(y.sub(expected).abs().max().item() <= 2 * step, layer.toString());
                    assertTrue(y.sub(expected).abs().mean().item() < step / 20, layer.toString());
                    assertEquals(relu, y.min().item() >= 0);
                    fake.close();
                    whole.close();
                }
            }
            layers.forEach(Layer::close);
        }
        assertTrue(Scope.live() <= before);
    }

    /** Without kernels all would be right, and slow. */
    @Test void thereAreKernelsWhereThereIsOneDnn() {
        assertTrue(!Torch.hasOneDnn() || !Torch.cpuCapability().startsWith("AVX") || PackedProduct.isThere(127));
        assertFalse(PackedProduct.isThere(255) && !PackedProduct.isThere(127));
    }

    @Test void paddingThatKernelsDoNotKnowIsLeft() {
        assertTrue(FakeInt8.takes(new Conv2d(2, 2, 3, ConvOptions.SAME)));
        assertFalse(FakeInt8.takes(new Conv2d(2, 2, 4, ConvOptions.SAME)));
        assertFalse(FakeInt8.takes(new Conv2d(2, 2, 3, ConvOptions.DEFAULT.padding(1).mode(PaddingMode.REFLECT))));
    }
}
