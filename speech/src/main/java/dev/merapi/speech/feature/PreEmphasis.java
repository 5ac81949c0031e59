package dev.merapi.speech.feature;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Lifts high frequencies, which speech has less of: y[t] = x[t] − a·x[t − 1].
 *
 * @param a how much, usually 0.97
 */
public record PreEmphasis(double a) {
    /** @throws IllegalArgumentException unless it is from 0 to below 1 */
    public PreEmphasis { Expect.fraction("PreEmphasis.a", a); }

    /** (…, T) to (…, T). */
    public Tensor forward(Tensor samples) {
        long last = samples.size(-1) - 1;
        Tensor rest = samples.narrow(-1, 1, last).sub(samples.narrow(-1, 0, last).mul(a));
        return Tensor.cat(List.of(samples.narrow(-1, 0, 1), rest), -1);
    }
}
