package dev.merapi.text.model.llama;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * By which angle a position rotates each pair of a head's elements.
 *
 * @param perPosition radians for one position, of each of the D / 2 pairs
 * @param factor what rotated queries and keys are multiplied by
 */
record Frequencies(double[] perPosition, double factor) {
    /** @param perPosition the radians of a pair by its number */
    static Frequencies of(int size, IntToDoubleFunction perPosition, double factor) {
        return new Frequencies(IntStream.range(0, size / 2).mapToDouble(perPosition).toArray(), factor);
    }

    /** Rotates queries and keys by their positions. Shapes: cos and sin (T, D / 2) or (B, 1, T, D / 2). */
    record Rotation(Tensor cos, Tensor sin) {
        /** x (B, H, T, D), whose pairs are (0, D / 2), (1, D / 2 + 1), … */
        Tensor apply(Tensor x) {
            List<Tensor> pair = x.chunk(2, -1);
            Tensor a = pair.get(0);
            Tensor b = pair.get(1);
            return Tensor.cat(List.of(a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))), -1);
        }
    }

    /** The rotation of positions (T) or (B, T), int64, for tensors like another; computed in float64. */
    Rotation at(Tensor positions, Tensor like) {
        Tensor frequencies = Tensor.of(perPosition, perPosition.length).to(positions.device());
        Tensor angles = positions.to(DType.FLOAT64).unsqueeze(-1).mul(frequencies); // (…, T, D / 2)
        Tensor shaped = positions.rank() == 2 ? angles.unsqueeze(1) : angles;
        return new Rotation(shaped.cos().mul(factor).to(like.dtype()), shaped.sin().mul(factor).to(like.dtype()));
    }
}
