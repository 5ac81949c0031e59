package dev.merapi.optim;

import dev.merapi.tensor.Expect;

/**
 * One rise to the base rate and one longer fall (Smith and Topin 2019): {@code OneCycleLR}, whose {@code max_lr} is the
 * base rate. After the last step it stays where it is.
 *
 * @param steps of the whole cycle
 * @param rising share of the steps that rise, in (0, 1)
 * @param start factor of the first step
 * @param end factor of the last step
 * @param linear along lines, otherwise along half cosines
 */
public record OneCycle(long steps, double rising, double start, double end, boolean linear) implements Schedule {
    public OneCycle {
        Expect.atLeast("OneCycle.steps", 1, steps);
        Expect.positive("OneCycle.rising", rising);
        Expect.fraction("OneCycle.rising", rising);
        Expect.atLeast("OneCycle.start", 0, start);
        Expect.atLeast("OneCycle.end", 0, end);
    }

    /** PyTorch's values: from 1/25 up over 30 % of the steps, then down to a ten-thousandth of the start. */
    public static OneCycle of(long steps) { return new OneCycle(steps, 0.3, 1.0 / 25, 1e-4 / 25, false); }

    @Override public double factor(long step) {
        double top = rising * steps - 1, last = steps - 1;
        if (step < top) return between(start, 1, step / top);
        return between(1, end, Math.min(1, (step - top) / (last - top)));
    }

    private double between(double from, double to, double share) {
        return linear ? from + (to - from) * share : to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
    }
}
