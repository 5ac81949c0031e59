package dev.merapi.plot;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.stream.Stream;

/** What an axis shows, and how its numbers are written. */
record Range(double min, double max) {
    /** Of all values. */
    static Range of(Stream<double[]> values) {
        var all = values.flatMapToDouble(Arrays::stream).summaryStatistics();
        return new Range(all.getMin(), all.getMax());
    }

    /** To round numbers outside, so that no line runs along the edge; a tenth about a single value. */
    Range widened() {
        double span = max > min ? max - min : Math.max(Math.abs(max) / 5, 1e-9);
        double least = max > min ? min : min - span / 2, most = max > min ? max : max + span / 2;
        double step = step(span);
        return new Range(Math.floor(least / step) * step, Math.ceil(most / step) * step);
    }

    /** 1, 2 or 5 times a power of ten: at most ten of it. */
    private static double step(double span) {
        double power = Math.pow(10, Math.floor(Math.log10(span / 10)));
        for (int times : new int[] {1, 2, 5}) if (span <= 10 * times * power) return times * power;
        return 10 * power;
    }

    /** To four digits: the sums of steps end in a few that mean nothing. */
    static String label(double value) {
        if (value == 0 || Math.abs(value) < 1e-12) return "0";
        var rounded = new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros();
        boolean small = Math.abs(value) < 1e-4;
        return small || Math.abs(value) >= 1e7 ? rounded.toString() : rounded.toPlainString();
    }

    /** A whole number, such as an epoch; nothing between two. */
    static String whole(double value) { return value == Math.rint(value) ? Long.toString((long) value) : " "; }
}
