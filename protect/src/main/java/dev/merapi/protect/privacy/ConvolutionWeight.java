package dev.merapi.protect.privacy;

import dev.merapi.nn.Operation;
import dev.merapi.tensor.Tensor;

/**
 * Of a convolution the weight: for each group the product of the gradient with the patches under the kernel. The
 * weighted sum is the engine's own gradient for a result whose gradient is weighted, without patches.
 *
 * <p>N samples, C channels, O outputs, G groups, L positions, K places of the kernel.
 *
 * @param g the gradient of the result, (N, O, L…)
 */
record ConvolutionWeight(Operation.Convolution operation, Tensor g) implements Contribution {
    @Override public long samples() { return g.size(0); }

    /** Those of the patches, which are most. */
    @Override public long elements() {
        return g.numel() / g.size(0) / g.size(1) * operation.weight().numel() / operation.weight().size(0)
                * operation.groups();
    }

    @Override public Tensor perSample(long from, long to) {
        long n = to - from, groups = operation.groups();
        Tensor gradient = g.narrow(0, from, n).reshape(n, groups, g.size(1) / groups, -1); // (N, G, O / G, L)
        Tensor product = gradient.matmul(patches(operation.x().narrow(0, from, n)).mT()); // (N, G, O / G, C / G · K)
        long[] weight = operation.weight().shape();
        var shape = new long[weight.length + 1];
        System.arraycopy(weight, 0, shape, 1, weight.length);
        shape[0] = n;
        return product.reshape(shape);
    }

    /** What the kernel sees at each position: x (N, C, L…) to (N, G, C / G · K, L). */
    private Tensor patches(Tensor x) {
        int axes = operation.stride().length;
        var padding = new long[2 * axes]; // from the last axis on
        for (int i = 0; i < axes; i++) {
            padding[2 * (axes - 1 - i)] = operation.padding()[i];
            padding[2 * (axes - 1 - i) + 1] = operation.padding()[i];
        }
        Tensor windows = x.pad(0, padding);
        for (int i = 0; i < axes; i++) {
            long reach = operation.dilation()[i] * (operation.weight().size(2 + i) - 1) + 1;
            windows = windows.unfold(2 + i, reach, operation.stride()[i])
                    .slice(-1, 0, reach, operation.dilation()[i]);
        } // (N, C, L…, K…)
        var order = new long[2 + 2 * axes];
        order[1] = 1;
        for (int i = 0; i < axes; i++) {
            order[2 + i] = 2 + axes + i;
            order[2 + axes + i] = 2 + i;
        }
        long groups = operation.groups();
        long places = operation.weight().numel() / operation.weight().size(0); // C / G · K
        return windows.permute(order).reshape(x.size(0), groups, places, -1);
    }

    @Override public Tensor weighted(Tensor coefficients) {
        var none = new long[operation.stride().length];
        return Tensor.callAll("convolution_backward", "", Contribution.scaled(g, coefficients), operation.x(),
                operation.weight().detach(), null, operation.stride(), operation.padding(), operation.dilation(), false,
                none, operation.groups(), new boolean[] {false, true, false})[1];
    }
}
