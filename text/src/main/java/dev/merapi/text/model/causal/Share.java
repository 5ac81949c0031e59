package dev.merapi.text.model.causal;

import dev.merapi.recipe.Bits;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;

/**
 * What a process has of each block of its {@link Stage}: some of the heads, and as large a part of the feed-forward
 * net.
 *
 * @param index which, from 0
 * @param of how many there are
 */
public record Share(int index, int of) {
    /** @throws IllegalArgumentException for no part, and an index that is not one */
    public Share {
        Expect.atLeast("parts", 1, of);
        Expect.that(index >= 0 && index < of, "part", "one of 0 to " + (of - 1), index);
    }

    /**
     * Refuses to round a share, which has pieces of the rows of numbers that are rounded together.
     *
     * @throws IllegalArgumentException for bits that are rounded to
     */
    public static void expectUnrounded(Bits bits) {
        Expect.that(!bits.rounds(), "quantize", "none or bfloat16 for stages in parts, which have pieces of the rows"
                + " that are rounded", bits + "; divide the model by its blocks alone, such as stages=2");
    }

    /** This part of a tensor's size along a dimension, as a view. */
    Tensor of(Tensor whole, int along) {
        long size = whole.size(along) / of;
        return whole.narrow(along, index * size, size);
    }

    @Override public String toString() { return "part " + index + " of " + of; }
}
