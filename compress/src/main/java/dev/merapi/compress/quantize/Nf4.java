package dev.merapi.compress.quantize;

import dev.merapi.nn.F;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;

/**
 * Four-bit normal floats: of each {@value #BLOCK} numbers the largest magnitude, and for each number which of 16 levels
 * it is nearest to, as a part of that. The levels are quantiles of the normal distribution, which weights follow.
 * Dettmers et al. 2023, arXiv:2305.14314; levels and order of the halves of a byte are bitsandbytes'.
 *
 * @param packed two numbers in a byte, the first in its upper half: uint8, one dimension
 * @param scales the magnitudes, float32
 */
public record Nf4(Tensor packed, Tensor scales) {
    /** Numbers with a magnitude in common. */
    public static final int BLOCK = 64;

    private static final float[] LEVELS = {-1, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f,
        -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0, 0.07958029955625534f,
        0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f,
        0.7229568362236023f, 1};

    /**
     * The nearest in four bits.
     *
     * @throws IllegalArgumentException unless the numbers fill blocks
     */
    public static Nf4 of(Tensor values) {
        Expect.that(values.numel() > 0 && values.numel() % BLOCK == 0, "Nf4.of", "a multiple of " + BLOCK + " numbers",
                values.describe());
        try (var scope = Scope.open(); var _ = Torch.noGrad()) {
            Tensor blocks = values.detach().to(DType.FLOAT32).reshape(-1, BLOCK);
            Tensor scales = blocks.abs().amax(1);
            Tensor parts = blocks.div(scales.clamp(Float.MIN_NORMAL, null).unsqueeze(1)).flatten();
            Tensor levels = Tensor.call("bucketize", "Tensor", parts, between().to(values.device()), false, false);
            Tensor halves = levels.view(-1, 2);
            Tensor packed = halves.select(1, 0).mul(16).add(halves.select(1, 1)).to(DType.UINT8);
            return new Nf4(scope.keep(packed), scope.keep(scales));
        }
    }

    /** Where a number is as near to one level as to the next. */
    private static Tensor between() {
        var middles = new float[LEVELS.length - 1];
        for (int i = 0; i < middles.length; i++) middles[i] = (LEVELS[i] + LEVELS[i + 1]) / 2;
        return Tensor.of(middles);
    }

    /** The numbers, float32, of a shape. */
    public Tensor values(long... shape) {
        var pairs = new float[512]; // of each byte both numbers, so that one lookup gives them in order
        for (int i = 0; i < 256; i++) {
            pairs[2 * i] = LEVELS[i >> 4];
            pairs[2 * i + 1] = LEVELS[i & 15];
        }
        try (var scope = Scope.open()) {
            Tensor table = Tensor.of(pairs, 256, 2).to(packed.device());
            Tensor parts = F.embedding(packed.to(DType.INT32), table, -1); // (n / 2, 2)
            return scope.keep(parts.view(-1, BLOCK).mul(scales.unsqueeze(1)).view(shape));
        }
    }

    /** Bytes that so many numbers take. */
    public static long bytes(long numbers) { return numbers / 2 + numbers / BLOCK * Float.BYTES; }

    /** The levels, ascending. */
    public static float[] levels() { return Arrays.copyOf(LEVELS, LEVELS.length); }
}
