package dev.merapi.speech.feature;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.stream.LongStream;

/**
 * How features change from frame to frame: the slope of a line through the frames around each, the ends repeated; as
 * HTK and torchaudio's {@code compute_deltas}.
 *
 * @param reach frames to each side
 */
public record Deltas(int reach) {
    /** @throws IllegalArgumentException for a reach below 1 */
    public Deltas { Expect.atLeast("Deltas.reach", 1, reach); }

    /** Two frames to each side. */
    public Deltas() { this(2); }

    /** The slopes, of the same shape (…, frames). */
    public Tensor forward(Tensor features) {
        long frames = features.size(-1);
        Tensor sum = features.zerosLike();
        int squares = 0;
        for (int n = 1; n <= reach; n++) {
            sum = sum.add(shifted(features, n, frames).sub(shifted(features, -n, frames)).mul(n));
            squares += 2 * n * n;
        }
        return sum.div(squares);
    }

    private static Tensor shifted(Tensor features, int by, long frames) {
        long[] places = LongStream.range(0, frames).map(t -> Math.clamp(t + by, 0, frames - 1)).toArray();
        return features.indexSelect(features.rank() - 1, Tensor.of(places).to(features.device()));
    }
}
