package dev.merapi.protect.robustness;

import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.F;
import dev.merapi.nn.PaddingMode;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Pictures (B, C, H, W) out of focus, moved, or bent. */
final class Blurs {
    private Blurs() {}

    /** A lens out of focus: the mean of a disk. */
    static Tensor disk(Tensor pixels, double radius) {
        int reach = (int) Math.ceil(radius), size = 2 * reach + 1;
        var kernel = new double[size * size];
        for (int i = 0; i < kernel.length; i++) {
            double distance = Math.hypot(i / size - reach, i % size - reach);
            kernel[i] = Math.clamp(radius + .5 - distance, 0, 1); // the edge in part
        }
        return filtered(pixels, kernel, size);
    }

    /** A camera that moved along a line. */
    static Tensor motion(Tensor pixels, double length, Rng rng) {
        double angle = Tensor.rand(rng, 1).item() * Math.PI / 2 - Math.PI / 4;
        int reach = (int) Math.ceil(length / 2), size = 2 * reach + 1;
        var kernel = new double[size * size];
        for (double at = -length / 2; at <= length / 2; at += .25) {
            long row = reach + Math.round(at * Math.sin(angle)), column = reach + Math.round(at * Math.cos(angle));
            kernel[(int) (row * size + column)] += 1;
        }
        return filtered(pixels, kernel, size);
    }

    static Tensor gaussian(Tensor pixels, double sigma) {
        int reach = (int) Math.ceil(2 * sigma), size = 2 * reach + 1;
        var kernel = new double[size * size];
        for (int i = 0; i < kernel.length; i++) {
            double y = i / size - reach, x = i % size - reach;
            kernel[i] = Math.exp(-(x * x + y * y) / (2 * sigma * sigma));
        }
        return filtered(pixels, kernel, size);
    }

    private static Tensor filtered(Tensor pixels, double[] kernel, int size) {
        double sum = Arrays.stream(kernel).sum();
        var weight = Tensor.of(kernel, 1, 1, size, size).div(sum).to(DType.FLOAT32).to(pixels.device());
        long h = pixels.size(2), w = pixels.size(3), reach = Math.min(size / 2, Math.min(h, w) - 1);
        var one = pixels.reshape(-1, 1, h, w).contiguous();
        var wide = F.pad(one, new long[] {reach, reach, reach, reach}, PaddingMode.REFLECT);
        long missing = size / 2 - reach; // a kernel larger than the picture
        if (missing > 0) wide = F.pad(wide, new long[] {missing, missing, missing, missing}, PaddingMode.REPLICATE);
        return F.conv(wide, weight, null, ConvOptions.DEFAULT).reshape(pixels.shape());
    }

    /** A zoom while the shutter was open: the mean of enlargements. */
    static Tensor zoom(Tensor pixels, double most) {
        long h = pixels.size(2), w = pixels.size(3);
        var sum = pixels;
        int steps = 8;
        for (int i = 1; i <= steps; i++) {
            double factor = 1 + (most - 1) * i / steps;
            long tall = Math.round(h * factor), broad = Math.round(w * factor);
            var large = F.upsampleBilinear(pixels, tall, broad, false);
            sum = sum.add(large.narrow(2, (tall - h) / 2, h).narrow(3, (broad - w) / 2, w));
        }
        return sum.div(steps + 1);
    }

    /** Uneven glass: neighbours change places between two blurs. */
    static Tensor glass(Tensor pixels, int reach, double sigma, Rng rng) {
        var blurred = gaussian(pixels, sigma);
        var shape = new long[] {1, 2, pixels.size(2), pixels.size(3)};
        var shift = Tensor.rand(rng, shape).to(pixels.device()).mul(2 * reach + 1).floor().sub(reach);
        return gaussian(moved(blurred, shift), sigma);
    }

    /** Rubber: each place is taken from beside it, by a smooth field. */
    static Tensor elastic(Tensor pixels, double most, Rng rng) {
        long h = pixels.size(2), w = pixels.size(3);
        var coarse = Tensor.rand(rng, 1, 2, 4, 4).to(pixels.device()).mul(2).sub(1).mul(most);
        return moved(pixels, F.upsampleBilinear(coarse, h, w, true));
    }

    /** @param shift of each place in pixels, down and right (1, 2, H, W) */
    private static Tensor moved(Tensor pixels, Tensor shift) {
        long h = pixels.size(2), w = pixels.size(3);
        var down = Tensor.arange(h).to(DType.FLOAT32).to(pixels.device()).reshape(h, 1)
                .add(shift.select(1, 0).squeeze(0));
        var right = Tensor.arange(w).to(DType.FLOAT32).to(pixels.device()).reshape(1, w)
                .add(shift.select(1, 1).squeeze(0));
        var grid = Tensor.stack(List.of(right.mul(2.0 / Math.max(1, w - 1)).sub(1),
                down.mul(2.0 / Math.max(1, h - 1)).sub(1)), 2);                      // (H, W, 2)
        return Tensor.call("grid_sampler", "", pixels.contiguous(), grid.unsqueeze(0).expand(pixels.size(0), h, w, 2),
                0, 2, true); // bilinear, reflected at the border
    }
}
