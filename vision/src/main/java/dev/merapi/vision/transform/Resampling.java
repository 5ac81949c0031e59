package dev.merapi.vision.transform;

import dev.merapi.vision.Image;
import java.util.Arrays;

/**
 * Resizes a part of a picture and computes a part of the result, as if the rest were there: only pixels that count are
 * looked at. Horizontally first and rounded in between, in fixed point, as Pillow does.
 *
 * @param columns how each column of the result comes from columns of the picture
 * @param rows how each row of the result comes from rows of the picture
 */
record Resampling(Side columns, Side rows) {
    /** Fraction bits that leave 8 for the pixel and 2 for the sum's overshoot in an int, as in Pillow. */
    private static final int PRECISION = 32 - 8 - 2;
    private static final int HALF = 1 << (PRECISION - 1);

    private static final int MOST_AT_ONCE = 1 << 28; // values of rows that are kept
    private static final int TOGETHER = 4; // taps of a row, without a loop around them: twice as fast

    /**
     * Places along one side.
     *
     * @param from for each place in the result, the first one in the picture that counts
     * @param weights of so many places from there on, for one place in the result after the other
     * @param taps how many these are
     */
    record Side(int[] from, int[] weights, int taps) {
        /**
         * @param source places that are resized, the first of them {@code at}
         * @param target places that they become, of which {@code count} from {@code first} on are wanted
         * @param together a number that the taps are a multiple of, where there are as many places
         */
        static Side of(int at, int source, int target, int first, int count, int together, Resize.Filter filter) {
            if (source == target) return copy(at + first, count);
            double scale = (double) source / target;
            if (filter == Resize.Filter.NEAREST) return nearest(at, source, scale, first, count);
            double wider = Math.max(scale, 1), reach = wider * filter.reach;
            int most = 0;
            for (int i = first; i < first + count; i++) {
                most = Math.max(most, end((i + 0.5) * scale, reach, source) - begin((i + 0.5) * scale, reach));
            }
            int taps = Math.min(Math.ceilDiv(most, together) * together, source);
            var side = new Side(new int[count], new int[count * taps], taps);
            var curve = new double[taps];
            for (int i = 0; i < count; i++) {
                double center = (first + i + 0.5) * scale;
                int from = begin(center, reach), to = end(center, reach, source);
                double sum = 0;
                for (int k = 0; k < to - from; k++) {
                    curve[k] = filter.at((k + from - center + 0.5) / wider);
                    sum += curve[k];
                }
                int early = Math.max(from + taps - source, 0); // the last taps must not reach behind the end
                side.from[i] = at + from - early;
                for (int k = 0; k < to - from; k++) {
                    double weight = curve[k] / sum * (1 << PRECISION);
                    side.weights[i * taps + early + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
                }
            }
            return side;
        }

        int count() { return from.length; }

        private static int begin(double center, double reach) { return Math.max((int) (center - reach + 0.5), 0); }

        private static int end(double center, double reach, int source) {
            return Math.min((int) (center + reach + 0.5), source);
        }

        private static Side copy(int at, int count) {
            var side = single(count);
            Arrays.setAll(side.from, i -> at + i);
            return side;
        }

        /** Added up as in Pillow, whose rounding decides between two places. */
        private static Side nearest(int at, int source, double scale, int first, int count) {
            var side = single(count);
            double place = 0.5 * scale;
            for (int i = -first; i < count; i++, place += scale) {
                if (i >= 0) side.from[i] = at + Math.min((int) place, source - 1);
            }
            return side;
        }

        private static Side single(int count) {
            var side = new Side(new int[count], new int[count], 1);
            Arrays.fill(side.weights, 1 << PRECISION);
            return side;
        }
    }

    /** A rectangle of a picture becomes a rectangle of what it is resized to. */
    static Resampling of(Crop from, Resize to, Crop part) {
        return new Resampling(
                Side.of(from.left(), from.width(), to.width(), part.left(), part.width(), TOGETHER, to.filter()),
                Side.of(from.top(), from.height(), to.height(), part.top(), part.height(), 1, to.filter()));
    }

    /** A row of the picture is resized when it is first needed, and kept as long as it is. */
    Image of(Image in) {
        int channels = in.channels(), width = columns.count() * channels, ready = rows.from[0];
        if ((long) rows.taps * width > MOST_AT_ONCE) {
            throw new IllegalArgumentException("Resize: expected a picture that is shrunk less. Received " + in
                    + ", of which each of " + rows.count() + " rows is made of " + rows.taps + "; crop it first.");
        }
        var out = new Image(rows.count(), columns.count(), channels);
        var wide = new int[rows.taps][width];
        var sums = new int[width];
        for (int y = 0, w = 0; y < rows.count(); y++) {
            for (ready = Math.max(ready, rows.from[y]); ready < rows.from[y] + rows.taps; ready++) {
                int row = ready * in.width() * channels;
                if (channels == 3) colours(in.pixels(), row, wide[ready % rows.taps]);
                else grays(in.pixels(), row, wide[ready % rows.taps]);
            }
            Arrays.fill(sums, HALF);
            for (int k = 0; k < rows.taps; k++) add(wide[(rows.from[y] + k) % rows.taps], rows.weights[w++], sums);
            for (int x = 0, o = y * width; x < width; x++, o++) out.pixels()[o] = (byte) rounded(sums[x]);
        }
        return out;
    }

    /** A loop over integers alone, of which the compiler makes vector instructions. */
    private static void add(int[] row, int weight, int[] sums) {
        for (int x = 0; x < sums.length; x++) sums[x] += row[x] * weight;
    }

    private void colours(byte[] in, int row, int[] out) {
        int[] from = columns.from, weights = columns.weights;
        int taps = columns.taps;
        for (int x = 0, w = 0, o = 0; x < from.length; x++, o += 3) {
            int r = HALF, g = HALF, b = HALF, i = row + 3 * from[x], end = w + taps;
            for (; w <= end - TOGETHER; w += TOGETHER, i += 3 * TOGETHER) {
                int first = weights[w], second = weights[w + 1], third = weights[w + 2], fourth = weights[w + 3];
                r += (in[i] & 0xFF) * first + (in[i + 3] & 0xFF) * second + (in[i + 6] & 0xFF) * third
                        + (in[i + 9] & 0xFF) * fourth;
                g += (in[i + 1] & 0xFF) * first + (in[i + 4] & 0xFF) * second + (in[i + 7] & 0xFF) * third
                        + (in[i + 10] & 0xFF) * fourth;
                b += (in[i + 2] & 0xFF) * first + (in[i + 5] & 0xFF) * second + (in[i + 8] & 0xFF) * third
                        + (in[i + 11] & 0xFF) * fourth;
            }
            for (; w < end; w++, i += 3) {
                r += (in[i] & 0xFF) * weights[w];
                g += (in[i + 1] & 0xFF) * weights[w];
                b += (in[i + 2] & 0xFF) * weights[w];
            }
            out[o] = rounded(r);
            out[o + 1] = rounded(g);
            out[o + 2] = rounded(b);
        }
    }

    private void grays(byte[] in, int row, int[] out) {
        for (int x = 0, w = 0; x < columns.count(); x++) {
            int sum = HALF, i = row + columns.from[x];
            for (int end = w + columns.taps; w < end; w++, i++) sum += (in[i] & 0xFF) * columns.weights[w];
            out[x] = rounded(sum);
        }
    }

    private static int rounded(int sum) { return Math.min(Math.max(sum >> PRECISION, 0), 255); }
}
