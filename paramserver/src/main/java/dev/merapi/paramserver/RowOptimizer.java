package dev.merapi.paramserver;

/**
 * How servers change a row by its gradient. Each row has moments and steps of its own, so that rows which come seldom
 * are not moved while they are away ("lazy").
 */
public sealed interface RowOptimizer {
    /** w ← w − rate · g. */
    static RowOptimizer sgd(double rate) { return new Sgd(rate); }

    /** w ← w − rate · g / (√Σg² + 1e-10), as torch's (Duchi et al. 2011). */
    static RowOptimizer adaGrad(double rate) { return new AdaGrad(rate, 1e-10); }

    /** With moments of 0.9 and 0.999 and 1e-8 in the denominator (Kingma and Ba 2015). */
    static RowOptimizer adam(double rate) { return new Adam(rate, 0.9, 0.999, 1e-8); }

    /** The learning rate. */
    double rate();

    /** Numbers that are kept beside each weight. */
    int slots();

    /**
     * Changes a row's weights and state.
     *
     * @param state slot by slot, each as long as the weights
     * @param steps of this row, with this one
     * @param gradients holds the row's from {@code at} on
     */
    void update(float[] weights, float[] state, long steps, float[] gradients, int at);

    private static void check(boolean holds, String expected, Object received) {
        if (!holds) throw new IllegalArgumentException("RowOptimizer: expected " + expected + ". Received " + received);
    }

    /** See {@link #sgd}. */
    record Sgd(double rate) implements RowOptimizer {
        public Sgd { check(rate > 0, "a rate above 0", rate); }

        @Override public int slots() { return 0; }

        @Override public void update(float[] weights, float[] state, long steps, float[] gradients, int at) {
            for (int i = 0; i < weights.length; i++) weights[i] -= (float) (rate * gradients[at + i]);
        }
    }

    /** See {@link #adaGrad}. */
    record AdaGrad(double rate, double eps) implements RowOptimizer {
        public AdaGrad { check(rate > 0 && eps >= 0, "a rate above 0 and eps from 0", rate + " and " + eps); }

        @Override public int slots() { return 1; }

        @Override public void update(float[] weights, float[] state, long steps, float[] gradients, int at) {
            for (int i = 0; i < weights.length; i++) {
                float g = gradients[at + i];
                state[i] += g * g;
                weights[i] -= (float) (rate * g / (Math.sqrt(state[i]) + eps));
            }
        }
    }

    /** See {@link #adam}. */
    record Adam(double rate, double beta1, double beta2, double eps) implements RowOptimizer {
        public Adam {
            check(rate > 0 && eps >= 0 && beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1,
                    "a rate above 0, betas from 0 to below 1 and eps from 0",
                    rate + ", " + beta1 + ", " + beta2 + " and " + eps);
        }

        @Override public int slots() { return 2; }

        @Override public void update(float[] weights, float[] state, long steps, float[] gradients, int at) {
            int n = weights.length;
            double first = 1 - Math.pow(beta1, steps);
            double second = 1 - Math.pow(beta2, steps);
            for (int i = 0; i < n; i++) {
                float g = gradients[at + i];
                state[i] += (float) ((1 - beta1) * (g - state[i]));
                state[n + i] += (float) ((1 - beta2) * (g * g - state[n + i]));
                weights[i] -= (float) (rate * (state[i] / first) / (Math.sqrt(state[n + i] / second) + eps));
            }
        }
    }
}
