package dev.merapi.nn;

import java.util.List;

/**
 * How a pooling window moves. Start from {@link #DEFAULT}; sizes are one for all axes, or one for each.
 *
 * @param stride steps between windows; empty for the window's own size
 * @param padding positions added at both ends of each axis: −∞ to a maximum, 0 to an average
 * @param dilation distance between the positions of a window, for a maximum
 * @param ceil whether a last window that sticks out is used
 * @param countPadding whether an average counts the padding
 */
public record PoolOptions(List<Integer> stride, List<Integer> padding, List<Integer> dilation, boolean ceil,
        boolean countPadding) {
    /** Windows side by side, no padding. */
    public static final PoolOptions DEFAULT =
            new PoolOptions(List.of(), Sizes.list(0), Sizes.list(1), false, true);

    public PoolOptions {
        if (!stride.isEmpty()) Sizes.check("PoolOptions.stride", stride, 1);
        Sizes.check("PoolOptions.padding", padding, 0);
        Sizes.check("PoolOptions.dilation", dilation, 1);
    }

    /** The same with other steps between windows. */
    public PoolOptions stride(int... sizes) {
        return new PoolOptions(Sizes.list(sizes), padding, dilation, ceil, countPadding);
    }

    /** The same with so many positions added at both ends of each axis. */
    public PoolOptions padding(int... sizes) {
        return new PoolOptions(stride, Sizes.list(sizes), dilation, ceil, countPadding);
    }

    /** The same with other distances between the positions of a window. */
    public PoolOptions dilation(int... sizes) {
        return new PoolOptions(stride, padding, Sizes.list(sizes), ceil, countPadding);
    }

    /** The same, where a last window that sticks out is used or not. */
    public PoolOptions ceil(boolean on) { return new PoolOptions(stride, padding, dilation, on, countPadding); }

    /** The same, where an average counts the padding or not. */
    public PoolOptions countPadding(boolean on) { return new PoolOptions(stride, padding, dilation, ceil, on); }
}
