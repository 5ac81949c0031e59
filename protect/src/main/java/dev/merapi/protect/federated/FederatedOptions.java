package dev.merapi.protect.federated;

import dev.merapi.tensor.Expect;

/**
 * How a federation learns.
 *
 * <pre>{@code
 * var options = FederatedOptions.DEFAULT.rounds(50).strategy(new FederatedStrategy.FedProx(0.01));
 * }</pre>
 *
 * @param rounds in all
 * @param fraction of the connected clients that take part in a round
 * @param minimum clients that must report, or the round is tried again
 * @param deadlineSeconds for a round's reports; who comes later is left out
 * @param local what a client does in a round
 * @param strategy of clients and server
 * @param aggregation of the clients' changes
 * @param compression of what clients send
 * @param secure whether the server may see sums over clients alone (secure aggregation)
 * @param privacy of whole clients, or null
 * @param personal names of weights that stay with each client, such as {@code fc.*}; empty for none
 * @param evaluateEvery rounds
 * @param seed of who is chosen, and of noise
 */
public record FederatedOptions(int rounds, double fraction, int minimum, double deadlineSeconds, Local local,
        FederatedStrategy strategy, Aggregation aggregation, UpdateCompression compression, boolean secure,
        ClientPrivacy privacy, String personal, int evaluateEvery, long seed) {
    /** FedAvg over ten rounds in which all clients take part, each by a pass over its data. */
    public static final FederatedOptions DEFAULT = new FederatedOptions(10, 1, 1, 600, new Local(1, 0.05, 0),
            new FederatedStrategy.FedAvg(), Aggregation.MEAN, UpdateCompression.NONE, false, null, "", 1, 1337);

    /**
     * A client's part in a round: plain descent.
     *
     * @param epochs passes over its data
     * @param learningRate of its steps
     * @param momentum of its steps
     */
    public record Local(int epochs, double learningRate, double momentum) {
        public Local {
            Expect.atLeast("FederatedOptions.local.epochs", 1, epochs);
            Expect.positive("FederatedOptions.local.learningRate", learningRate);
            Expect.fraction("FederatedOptions.local.momentum", momentum);
        }
    }

    /**
     * Hides whether a client took part at all: changes are clipped, all count the same, and the server adds Gaussian
     * noise to their sum (McMahan et al. 2018, arXiv:1710.06963). Clients are drawn independently, each with the
     * fraction's chance.
     *
     * @param clip greatest 2-norm of a client's change
     * @param noise multiplier of it
     * @param delta for the ε that is told
     */
    public record ClientPrivacy(double clip, double noise, double delta) {
        public ClientPrivacy {
            Expect.positive("ClientPrivacy.clip", clip);
            Expect.atLeast("ClientPrivacy.noise", 0, noise);
            Expect.that(delta > 0 && delta < 1, "ClientPrivacy.delta", "a δ above 0 and below 1", delta);
        }
    }

    public FederatedOptions {
        Expect.atLeast("FederatedOptions.rounds", 1, rounds);
        Expect.that(fraction > 0 && fraction <= 1, "FederatedOptions.fraction", "above 0 and up to 1", fraction);
        Expect.atLeast("FederatedOptions.minimum", 1, minimum);
        Expect.positive("FederatedOptions.deadlineSeconds", deadlineSeconds);
        Expect.atLeast("FederatedOptions.evaluateEvery", 1, evaluateEvery);
        Expect.that(!secure || aggregation == Aggregation.MEAN, "FederatedOptions.aggregation",
                "the mean where aggregation is secure, as nobody sees a client's change by itself", aggregation);
        Expect.that(!secure || compression == UpdateCompression.NONE, "FederatedOptions.compression",
                "none where aggregation is secure, as masked numbers do not shrink", compression);
        Expect.that(!secure || minimum > 1, "FederatedOptions.minimum", "two clients or more where aggregation is"
                + " secure, as the sum over one is its change", minimum);
        Expect.that(privacy == null || aggregation == Aggregation.MEAN, "FederatedOptions.aggregation",
                "the mean where clients are private", aggregation);
        Expect.that(!(strategy instanceof FederatedStrategy.Scaffold) || local.momentum == 0,
                "FederatedOptions.local.momentum", "none with Scaffold", local.momentum);
        Expect.that(!(strategy instanceof FederatedStrategy.Scaffold) || privacy == null, "FederatedOptions.strategy",
                "another than Scaffold where clients are private, whose corrections would not be", strategy);
    }

    /** The same with so many rounds. */
    public FederatedOptions rounds(int count) {
        return new FederatedOptions(count, fraction, minimum, deadlineSeconds, local, strategy, aggregation,
                compression, secure, privacy, personal, evaluateEvery, seed);
    }

    /** The same with this part of the clients in a round, of which so many must report in time. */
    public FederatedOptions clients(double fraction, int minimum, double deadlineSeconds) {
        return new FederatedOptions(rounds, fraction, minimum, deadlineSeconds, local, strategy, aggregation,
                compression, secure, privacy, personal, evaluateEvery, seed);
    }

    /** The same with another part of a client. */
    public FederatedOptions local(Local part) {
        return new FederatedOptions(rounds, fraction, minimum, deadlineSeconds, part, strategy, aggregation,
                compression, secure, privacy, personal, evaluateEvery, seed);
    }

    /** The same with another strategy. */
    public FederatedOptions strategy(FederatedStrategy way) {
        return new FederatedOptions(rounds, fraction, minimum, deadlineSeconds, local, way, aggregation, compression,
                secure, privacy, personal, evaluateEvery, seed);
    }

    /** The same with another aggregation. */
    public FederatedOptions aggregation(Aggregation way) {
        return new FederatedOptions(rounds, fraction, minimum, deadlineSeconds, local, strategy, way, compression,
                secure, privacy, personal, evaluateEvery, seed);
    }

    /** The same with another form of updates. */
    public FederatedOptions compression(UpdateCompression way) {
        return new FederatedOptions(rounds, fraction, minimum, deadlineSeconds, local, strategy, aggregation, way,
                secure, privacy, personal, evaluateEvery, seed);
    }

    /** The same with secure aggregation, in which at least so many clients must report. */
    public FederatedOptions secure(int minimum) {
        return new FederatedOptions(rounds, fraction, minimum, deadlineSeconds, local, strategy, aggregation,
                compression, true, privacy, personal, evaluateEvery, seed);
    }

    /** The same with clients hidden by noise. */
    public FederatedOptions privacy(ClientPrivacy way) {
        return new FederatedOptions(rounds, fraction, minimum, deadlineSeconds, local, strategy, aggregation,
                compression, secure, way, personal, evaluateEvery, seed);
    }

    /** The same with weights of these names left to each client. */
    public FederatedOptions personal(String names) {
        return new FederatedOptions(rounds, fraction, minimum, deadlineSeconds, local, strategy, aggregation,
                compression, secure, privacy, names, evaluateEvery, seed);
    }

    /** The same, measured every so many rounds. */
    public FederatedOptions evaluateEvery(int rounds) {
        return new FederatedOptions(this.rounds, fraction, minimum, deadlineSeconds, local, strategy, aggregation,
                compression, secure, privacy, personal, rounds, seed);
    }

    /** The same with another seed. */
    public FederatedOptions seed(long seed) {
        return new FederatedOptions(rounds, fraction, minimum, deadlineSeconds, local, strategy, aggregation,
                compression, secure, privacy, personal, evaluateEvery, seed);
    }
}
