package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Convolutions of drawn shapes agree with those in float64. In float32 the engine chooses among many ways by the shape
 * and the processor, some of which were wrong on some machines.
 */
class ConvShapesTest {
    private static final int SHAPES = 300;
    private static final int[] CHANNELS = {1, 2, 3, 4, 8, 13, 16, 24, 32, 64};

    private final Random random = new Random(1);

    private record Result(Tensor y, Tensor ofInput, Tensor ofWeight) {}

    @Test void valuesAndGradientsAreThoseOfFloat64() {
        Torch.seed(1);
        for (int i = 0; i < SHAPES; i++) {
            try (var _ = Scope.open()) {
                check();
            }
        }
    }

    private void check() {
        int dims = 1 + random.nextInt(3);
        int groups = random.nextInt(4) == 0 ? 2 : 1;
        int in = groups * CHANNELS[random.nextInt(CHANNELS.length)];
        int out = groups * CHANNELS[random.nextInt(CHANNELS.length)];
        if (random.nextInt(8) == 0) groups = out = in; // depthwise
        int kernel = 1 + random.nextInt(4);
        var options = ConvOptions.DEFAULT.stride(1 + random.nextInt(2)).dilation(1 + random.nextInt(2))
                .padding(random.nextInt(2)).groups(groups);
        int size = (kernel - 1) * 2 + 1 + random.nextInt(new int[] {60, 14, 5}[dims - 1]);
        Tensor x = Tensor.randn(shape(1 + random.nextInt(4), in, dims, size));
        Tensor weight = Tensor.randn(shape(out, in / groups, dims, kernel));
        var expected = run(x, weight, options, DType.FLOAT64);
        var actual = run(x, weight, options, DType.FLOAT32);
        String what = Arrays.toString(x.shape()) + " by " + Arrays.toString(weight.shape()) + ", " + options;
        assertClose(expected.y, actual.y, "values of " + what);
        assertClose(expected.ofInput, actual.ofInput, "input's gradient of " + what);
        assertClose(expected.ofWeight, actual.ofWeight, "weight's gradient of " + what);
    }

    private static long[] shape(long first, long second, int dims, long size) {
        return LongStream.concat(LongStream.of(first, second), LongStream.generate(() -> size).limit(dims)).toArray();
    }

    private static Result run(Tensor x, Tensor weight, ConvOptions options, DType dtype) {
        var input = new Param(x.to(dtype));
        var filter = new Param(weight.to(dtype));
        Tensor y = F.conv(input, filter, null, options);
        Tensor direction = Tensor.arange(0, y.numel(), 1).to(DType.FLOAT64).sin().to(dtype).reshape(y.shape());
        y.mul(direction).sum().backward();
        return new Result(y.detach(), input.grad(), filter.grad());
    }

    private static void assertClose(Tensor expected, Tensor actual, String what) {
        double off = expected.sub(actual.to(DType.FLOAT64)).abs().max().item();
        double most = 1e-4 * (1 + expected.abs().max().item());
        assertTrue(off <= most, what + ": off by " + off + ", at most " + most);
    }
}
