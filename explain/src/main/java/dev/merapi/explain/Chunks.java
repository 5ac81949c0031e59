package dev.merapi.explain;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.function.IntConsumer;

/**
 * How a model is asked many times.
 *
 * @param chunk rows that it is given at a time, which bounds memory; 0 for as many as have a million numbers together,
 *     256 at most, so that large pictures come in few
 * @param progress hears after each chunk how many rows that were
 */
public record Chunks(int chunk, IntConsumer progress) {
    private static final int MOST = 256;
    private static final long NUMBERS = 1 << 20;

    /** As many rows at a time as the size of a row allows, and nobody hears of it. */
    public static final Chunks DEFAULT = new Chunks(0, _ -> { });

    public Chunks {
        Expect.atLeast("Chunks.chunk", 0, chunk);
    }

    /** The same with so many rows at a time. */
    public Chunks chunk(int rows) { return new Chunks(rows, progress); }

    /** The same, telling of each chunk. */
    public Chunks progress(IntConsumer listener) { return new Chunks(chunk, listener); }

    /** How many rows like those of x (B, …) are given at a time. */
    public int rowsLike(Tensor x) {
        if (chunk > 0) return chunk;
        return Math.clamp(NUMBERS * x.size(0) / Math.max(1, x.numel()), 1, MOST);
    }
}
