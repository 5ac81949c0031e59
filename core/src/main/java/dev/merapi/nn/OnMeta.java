package dev.merapi.nn;

import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/** The shapes of results on {@link Device#META}, for operators of which the engine itself has no rule there. */
final class OnMeta {
    private OnMeta() {}

    static boolean is(Tensor x) { return x.device().equals(Device.META); }

    /**
     * A result of x's type.
     *
     * @param operands the others, which must be there too; each may be null
     */
    static Tensor result(String where, long[] shape, Tensor x, Tensor... operands) {
        for (Tensor operand : operands) {
            if (operand == null || is(operand)) continue;
            throw new IllegalArgumentException(where + ": expected tensors on one device. Received " + x.describe()
                    + " and " + operand.describe() + "; move them with to(Device).");
        }
        return x.newEmpty(shape);
    }

    /** Of a convolution: (N, in, L…) to (N, out, L'…). */
    static long[] convolved(Tensor x, Tensor weight, long[] stride, long[] padding, long[] dilation) {
        long[] shape = x.shape();
        shape[1] = weight.size(0);
        for (int i = 0; i < stride.length; i++) {
            long covered = dilation[i] * (weight.size(i + 2) - 1) + 1;
            shape[i + 2] = (shape[i + 2] + 2 * padding[i] - covered) / stride[i] + 1;
        }
        return shape;
    }

    /** Of a lookup: one row of the table for each id. */
    static long[] embedded(Tensor ids, Tensor weight) {
        long[] shape = Arrays.copyOf(ids.shape(), ids.rank() + 1);
        shape[ids.rank()] = weight.size(1);
        return shape;
    }

    /** Of attention: a value for each query (B, H, T, E). */
    static long[] attended(Tensor q, Tensor v) {
        long[] shape = q.shape();
        shape[3] = v.size(3);
        return shape;
    }

    /** The first two sizes of x and these. */
    static long[] pooled(Tensor x, long... size) {
        long[] shape = Arrays.copyOf(x.shape(), size.length + 2);
        System.arraycopy(size, 0, shape, 2, size.length);
        return shape;
    }
}
