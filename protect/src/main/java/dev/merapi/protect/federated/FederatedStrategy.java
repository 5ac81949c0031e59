package dev.merapi.protect.federated;

import dev.merapi.tensor.Expect;

/** How clients learn and what the server makes of it. */
public sealed interface FederatedStrategy {
    /** The mean of the clients' weights, each by its number of samples (McMahan et al. 2017, arXiv:1602.05629). */
    record FedAvg() implements FederatedStrategy {}

    /**
     * As {@link FedAvg}, with a pull of mu · (weights - the round's first weights) on the clients, which keeps those
     * with unusual data near (Li et al. 2020, arXiv:1812.06127).
     */
    record FedProx(double mu) implements FederatedStrategy {
        public FedProx { Expect.positive("FedProx.mu", mu); }
    }

    /**
     * The mean change is a gradient for Adam on the server (Reddi et al. 2021, arXiv:2003.00295).
     *
     * @param rate of the server, such as 0.01
     * @param beta1 of the running mean
     * @param beta2 of the running square
     * @param tau added to the square's root, such as 1e-3
     */
    record FedAdam(double rate, double beta1, double beta2, double tau) implements FederatedStrategy {
        public FedAdam { Adaptive.check("FedAdam", rate, beta1, beta2, tau); }
    }

    /** As {@link FedAdam} with Yogi, whose running square changes by as much as the gradient's, and no faster. */
    record FedYogi(double rate, double beta1, double beta2, double tau) implements FederatedStrategy {
        public FedYogi { Adaptive.check("FedYogi", rate, beta1, beta2, tau); }
    }

    /**
     * Gradients of clients are corrected by how theirs differ from all clients', as known from the rounds before
     * (Karimireddy et al. 2020, arXiv:1910.06378, option II). Twice the numbers travel. For clients that descend by the
     * plain gradient, without momentum.
     *
     * @param rate by which the mean change is multiplied, 1 as a rule
     */
    record Scaffold(double rate) implements FederatedStrategy {
        public Scaffold { Expect.positive("Scaffold.rate", rate); }
    }

    /** Checks that two of them share. */
    final class Adaptive {
        private Adaptive() {}

        static void check(String where, double rate, double beta1, double beta2, double tau) {
            Expect.positive(where + ".rate", rate);
            Expect.fraction(where + ".beta1", beta1);
            Expect.fraction(where + ".beta2", beta2);
            Expect.positive(where + ".tau", tau);
        }
    }
}
