package dev.merapi.protect.robustness;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;

/**
 * One number that logits are divided by so that probabilities come true as often as they say (Guo et al. 2017,
 * arXiv:1706.04599). Which class is the most probable stays as it was. {@link dev.merapi.metric.Calibration} measures
 * the error before and after.
 *
 * @param temperature above 1 where the model was too sure
 */
public record TemperatureScaling(double temperature) {
    private static final double COLDEST = 0.01, HOTTEST = 100;
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
    private static final int STEPS = 60; // each leaves 62 % of the range of logarithms

    public TemperatureScaling { Expect.positive("TemperatureScaling.temperature", temperature); }

    /**
     * The temperature of the least cross-entropy, by golden-section search.
     *
     * @param logits (B, classes) of inputs that the model was not trained on
     * @param y classes (B)
     */
    public static TemperatureScaling fit(Tensor logits, Tensor y) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var precise = logits.to(DType.FLOAT64);
            double low = Math.log(COLDEST), high = Math.log(HOTTEST);
            double a = high - GOLDEN * (high - low), b = low + GOLDEN * (high - low);
            double lossA = loss(precise, y, a), lossB = loss(precise, y, b);
            for (int i = 0; i < STEPS; i++) {
                if (lossA < lossB) {
                    high = b;
                    b = a;
                    lossB = lossA;
                    a = high - GOLDEN * (high - low);
                    lossA = loss(precise, y, a);
                } else {
                    low = a;
                    a = b;
                    lossA = lossB;
                    b = low + GOLDEN * (high - low);
                    lossB = loss(precise, y, b);
                }
            }
            return new TemperatureScaling(Math.exp((low + high) / 2));
        }
    }

    private static double loss(Tensor logits, Tensor y, double logTemperature) {
        try (var _ = Scope.open()) {
            return new CrossEntropy().forward(logits.div(Math.exp(logTemperature)), y).item();
        }
    }

    /** The logits of calibrated probabilities. */
    public Tensor apply(Tensor logits) { return logits.div(temperature); }
}
