package dev.merapi.optim;

import dev.merapi.tensor.Expect;
import java.util.Arrays;

/**
 * How the learning rate changes: a factor for each step, from 0, that multiplies the base rate. A pure function, so a
 * resumed run needs nothing but its step.
 *
 * <pre>{@code
 * var schedule = Schedule.cosine(9_500).afterWarmup(500);
 * adam.learningRate(1e-3 * schedule.factor(step));
 * }</pre>
 *
 * Each names its twin in {@code torch.optim.lr_scheduler}; learning rates there are fractions of the base rate here.
 */
@FunctionalInterface
public interface Schedule {
    /** The factor of step {@code step}, the first being 0. */
    double factor(long step);

    /** First a line from 0 to 1 over {@code steps} steps, then this schedule from its start. */
    default Schedule afterWarmup(long steps) { return steps == 0 ? this : linear(0, 1, steps).until(steps, this); }

    /** This schedule before {@code step}, then {@code next} from its start. */
    default Schedule until(long step, Schedule next) { return s -> s < step ? factor(s) : next.factor(s - step); }

    /** Always 1. */
    static Schedule constant() { return _ -> 1; }

    /** Times {@code gamma} every {@code every} steps: {@code StepLR}. */
    static Schedule step(long every, double gamma) {
        Expect.atLeast("Schedule.step.every", 1, every);
        return s -> Math.pow(gamma, s / every);
    }

    /** Times {@code gamma} at each milestone: {@code MultiStepLR}. */
    static Schedule multiStep(double gamma, long... milestones) {
        var at = milestones.clone();
        return s -> Math.pow(gamma, Arrays.stream(at).filter(m -> m <= s).count());
    }

    /** Times {@code gamma} at each step: {@code ExponentialLR}. */
    static Schedule exponential(double gamma) { return s -> Math.pow(gamma, s); }

    /** A line from {@code start} to {@code end} over {@code steps} steps, flat afterwards: {@code LinearLR}. */
    static Schedule linear(double start, double end, long steps) {
        Expect.atLeast("Schedule.linear.steps", 1, steps);
        return s -> start + (end - start) * Math.min(s, steps) / steps;
    }

    /** (1 − s / steps) to a power, then 0: {@code PolynomialLR}. */
    static Schedule polynomial(long steps, double power) {
        Expect.atLeast("Schedule.polynomial.steps", 1, steps);
        return s -> Math.pow(1 - (double) Math.min(s, steps) / steps, power);
    }

    /** As {@link #cosine(long, double)}, down to 0. */
    static Schedule cosine(long steps) { return cosine(steps, 0); }

    /**
     * Half a cosine from 1 to {@code floor} over {@code steps} steps; it would rise again after them:
     * {@code CosineAnnealingLR} (Loshchilov and Hutter 2017).
     */
    static Schedule cosine(long steps, double floor) {
        Expect.atLeast("Schedule.cosine.steps", 1, steps);
        return s -> floor + (1 - floor) * (1 + Math.cos(Math.PI * s / steps)) / 2;
    }

    /**
     * {@link #cosine(long, double)} again and again, each time {@code growth} times as long as the last:
     * {@code CosineAnnealingWarmRestarts}.
     */
    static Schedule cosineRestarts(long steps, long growth, double floor) {
        Expect.atLeast("Schedule.cosineRestarts.steps", 1, steps);
        Expect.atLeast("Schedule.cosineRestarts.growth", 1, growth);
        return s -> {
            long length = steps, start = 0;
            if (growth == 1) start = s - s % steps;
            else for (; s >= start + length; length *= growth) start += length;
            return cosine(length, floor).factor(s - start);
        };
    }

    /** {@link OneCycle} with the values of its paper's successors in PyTorch. */
    static Schedule oneCycle(long steps) { return OneCycle.of(steps); }

    /** min(t^-½, t · warmup^-1.5) with t = s + 1 (Vaswani et al. 2017, equation 3, without the model's width). */
    static Schedule inverseSquareRoot(long warmup) {
        Expect.atLeast("Schedule.inverseSquareRoot.warmup", 1, warmup);
        return s -> Math.min(Math.pow(s + 1, -0.5), (s + 1) * Math.pow(warmup, -1.5));
    }
}
