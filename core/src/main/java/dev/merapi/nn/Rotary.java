package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Rotary positions: rotates pairs of a query's or key's elements by an angle proportional to its position, so
 * that their products depend on distances alone. Su et al. 2021, arXiv:2104.09864.
 *
 * @param base of the wavelengths: pair i of D / 2 rotates by base^(-2i / D) a position
 * @param interleaved whether pairs are neighbours (0, 1), (2, 3), … as in the paper and GPT-J, rather than
 *     halves (0, D / 2), (1, D / 2 + 1), … as in GPT-NeoX and Llama
 */
public record Rotary(double base, boolean interleaved) {
    /** Llama 2's: halves, base 10,000. */
    public static final Rotary HALVES = new Rotary(10_000, false);

    /** The paper's: neighbours, base 10,000. */
    public static final Rotary INTERLEAVED = new Rotary(10_000, true);

    /** Rotates x (…, T, D) of positions {@code start} to {@code start + T - 1}; D is even. */
    public Tensor rotate(Tensor x, long start) {
        Tensor angles = angles(x.newArange(start, start + x.size(-2), 1), x.size(-1), base);
        Tensor cos = angles.cos().to(x.dtype()); // (T, D / 2)
        Tensor sin = angles.sin().to(x.dtype());
        List<Tensor> pair = interleaved ? x.unflatten(-1, -1, 2).unbind(-1) : x.chunk(2, -1); // 2 x (…, T, D / 2)
        Tensor a = pair.get(0).mul(cos).sub(pair.get(1).mul(sin));
        Tensor b = pair.get(1).mul(cos).add(pair.get(0).mul(sin));
        return interleaved ? Tensor.stack(List.of(a, b), -1).flatten(-2, -1) : Tensor.cat(List.of(a, b), -1);
    }

    /**
     * position · base^(-2i / dim), (…, dim / 2), in float64: float32 is off by degrees at position 100,000.
     *
     * @param positions (…), int64; the angles lie where they do
     */
    static Tensor angles(Tensor positions, long dim, double base) {
        Expect.that(dim % 2 == 0, "Rotary", "an even dim", dim);
        Tensor pairs = positions.newArange(0, dim, 2).to(DType.FLOAT64);
        return positions.to(DType.FLOAT64).unsqueeze(-1).mul(pairs.mul(-Math.log(base) / dim).exp());
    }
}
