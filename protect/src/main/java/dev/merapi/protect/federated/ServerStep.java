package dev.merapi.protect.federated;

import java.security.SecureRandom;

/** Turns the clients' mean change into new weights. */
final class ServerStep {
    static final String CONTROL = "control";
    private static final String MEAN = "mean", SQUARE = "square";

    private final FederatedOptions options;
    private final ServerState state;
    private final int size;

    ServerStep(FederatedOptions options, ServerState state, int size) {
        this.options = options;
        this.state = state;
        this.size = size;
    }

    /**
     * Changes the state's weights.
     *
     * @param change the mean; with Scaffold, the corrections' behind it
     * @param reported clients that it is of
     * @param all clients that there are
     * @param weight what the mean was divided by
     */
    void apply(float[] change, int reported, int all, double weight) {
        float[] weights = state.vectors.get(ServerState.WEIGHTS);
        if (options.privacy() != null) makePrivate(change, all, weight);
        switch (options.strategy()) {
            case FederatedStrategy.FedAvg _, FederatedStrategy.FedProx _ -> add(weights, change, 1);
            case FederatedStrategy.FedAdam a -> adaptive(weights, change, a.rate(), a.beta1(), a.beta2(), a.tau(),
                    false);
            case FederatedStrategy.FedYogi y -> adaptive(weights, change, y.rate(), y.beta1(), y.beta2(), y.tau(),
                    true);
            case FederatedStrategy.Scaffold s -> {
                add(weights, change, s.rate());
                float[] control = state.remembered(CONTROL);
                for (int i = 0; i < size; i++) control[i] += change[size + i] * reported / all;
            }
        }
    }

    private void add(float[] weights, float[] change, double rate) {
        for (int i = 0; i < size; i++) weights[i] += (float) (rate * change[i]);
    }

    /** The sum with noise, through how many clients a round has on the average: the number in truth is private. */
    private void makePrivate(float[] change, int all, double weight) {
        var random = new SecureRandom();
        double expected = Math.max(1, options.fraction() * all);
        double deviation = options.privacy().noise() * options.privacy().clip();
        for (int i = 0; i < change.length; i++) {
            change[i] = (float) ((change[i] * weight + deviation * random.nextGaussian()) / expected);
        }
    }

    private void adaptive(float[] weights, float[] change, double rate, double beta1, double beta2, double tau,
            boolean yogi) {
        float[] mean = state.remembered(MEAN), square = state.remembered(SQUARE);
        for (int i = 0; i < size; i++) {
            double g = change[i], g2 = g * g;
            mean[i] = (float) (beta1 * mean[i] + (1 - beta1) * g);
            square[i] = (float) (yogi ? square[i] - (1 - beta2) * g2 * Math.signum(square[i] - g2)
                    : beta2 * square[i] + (1 - beta2) * g2);
            weights[i] += (float) (rate * mean[i] / (Math.sqrt(square[i]) + tau));
        }
    }
}
