package dev.merapi.explain;

import dev.merapi.tensor.Expect;
import java.util.function.IntConsumer;

/**
 * How a model is asked many times.
 *
 * @param chunk rows that it is given at a time, which bounds memory
 * @param progress hears after each chunk how many rows that were
 */
public record Chunks(int chunk, IntConsumer progress) {
    /** 256 rows at a time, and nobody hears of it. */
    public static final Chunks DEFAULT = new Chunks(256, _ -> { });

    public Chunks {
        Expect.atLeast("Chunks.chunk", 1, chunk);
    }

    /** The same with so many rows at a time. */
    public Chunks chunk(int rows) { return new Chunks(rows, progress); }

    /** The same, telling of each chunk. */
    public Chunks progress(IntConsumer listener) { return new Chunks(chunk, listener); }
}
