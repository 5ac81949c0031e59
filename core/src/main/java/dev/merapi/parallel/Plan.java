package dev.merapi.parallel;

import java.time.Duration;

/**
 * How long a step takes and how much a rank holds, at numbers of ranks that are not at hand, from what was measured of
 * one rank and one connection.
 *
 * <pre>{@code
 * var cluster = new Plan.Cluster(12e9, 30e-6, 1e13);               // bytes/s, seconds, multiplications/s of a rank
 * var model = new Plan.Model(7e9, 32, 4096, 2);                    // Llama 2 7B in bfloat16
 * Plan.Cost cost = Plan.fullySharded(model, cluster, 256, 4096);   // 256 ranks, 4,096 tokens each
 * IO.println(cost.seconds() + " s, " + cost.bytes() / 1e9 + " GB");
 * }</pre>
 *
 * Assumptions: a forward and backward multiplies 3 times the parameters for each token; a ring moves a collective, each
 * of whose steps costs the latency once; all connections are alike and full duplex, and nobody else uses them; what is
 * sent while something is computed costs what is longer of the two; blocks are alike. Activations are not counted.
 */
public final class Plan {
    private Plan() { }

    /**
     * What was measured.
     *
     * @param bandwidth bytes a second from one rank to the next
     * @param latency seconds for the smallest message
     * @param speed multiplications with additions a second of one rank, in training
     */
    public record Cluster(double bandwidth, double latency, double speed) {
        public Cluster {
            if (!(bandwidth > 0 && latency >= 0 && speed > 0)) {
                throw new IllegalArgumentException("Plan.Cluster: expected a bandwidth and speed above 0 and a latency"
                        + " from 0. Received " + bandwidth + ", " + speed + " and " + latency);
            }
        }

        /** Seconds for a ring all-reduce: 2 (n − 1) steps of a part each (Patarasuk and Yuan 2009). */
        public double allReduce(double bytes, int ranks) { return 2 * gather(bytes, ranks); }

        /** Seconds for a ring all-gather or reduce-scatter: half of that. */
        public double gather(double bytes, int ranks) {
            return (ranks - 1) * (latency + bytes / ranks / bandwidth);
        }

        /** Seconds from one rank to another. */
        public double send(double bytes) { return latency + bytes / bandwidth; }
    }

    /**
     * A Transformer.
     *
     * @param parameters of all blocks
     * @param blocks how many
     * @param width numbers of a token between two blocks
     * @param bytes of a weight, a gradient or an activation
     */
    public record Model(double parameters, int blocks, int width, int bytes) {
        public Model {
            if (!(parameters > 0) || blocks < 1 || width < 1 || bytes < 1) {
                throw new IllegalArgumentException("Plan.Model: expected parameters, blocks, a width and bytes above 0."
                        + " Received " + parameters + ", " + blocks + ", " + width + " and " + bytes);
            }
        }

        /** Bytes of a parameter with its gradient, Adam's two moments, and a float32 copy of weights that are none. */
        private double held() { return 2.0 * bytes + 8 + (bytes < 4 ? 4 : 0); }
    }

    /**
     * @param seconds of a step
     * @param share of them in which a rank computes
     * @param bytes that a rank holds of weights, gradients and moments
     */
    public record Cost(double seconds, double share, double bytes) { }

    private static double compute(Model model, Cluster cluster, double tokens) {
        return 3 * model.parameters * tokens / cluster.speed;
    }

    /** {@link DataParallel}: gradients travel while the last two thirds of the step, backward, compute. */
    public static Cost data(Model model, Cluster cluster, int ranks, double tokensOfRank) {
        check(ranks, tokensOfRank);
        double compute = compute(model, cluster, tokensOfRank);
        double send = cluster.allReduce(model.parameters * model.bytes, ranks);
        double seconds = compute / 3 + Math.max(2 * compute / 3, send);
        return new Cost(seconds, compute / seconds, model.parameters * model.held());
    }

    /**
     * {@link FullyShardedDataParallel}: two gatherings and a scattering of each block, which compute waits for, and a
     * forward more.
     */
    public static Cost fullySharded(Model model, Cluster cluster, int ranks, double tokensOfRank) {
        check(ranks, tokensOfRank);
        double compute = compute(model, cluster, tokensOfRank) * 4 / 3;
        double block = model.parameters / model.blocks * model.bytes;
        double seconds = compute + 3 * model.blocks * cluster.gather(block, ranks);
        return new Cost(seconds, compute / seconds, model.parameters * model.held() / ranks + 2 * block);
    }

    /**
     * {@link TensorParallel}: each block adds up its activations twice forward and their gradients twice backward, here
     * counting one message where several layers have one input.
     *
     * @param tokens of all ranks together, which have the same
     */
    public static Cost tensor(Model model, Cluster cluster, int ranks, double tokens) {
        check(ranks, tokens);
        double compute = compute(model, cluster, tokens) / ranks;
        double seconds = compute + 4 * model.blocks * cluster.allReduce(tokens * model.width * model.bytes, ranks);
        return new Cost(seconds, compute / seconds, model.parameters * model.held() / ranks);
    }

    /**
     * {@link PipelineParallel}: stages wait (stages − 1) batches long for the first and the last (Narayanan et al.
     * 2019).
     *
     * @param batches small ones of a step
     * @param tokens of all of them
     */
    public static Cost pipeline(Model model, Cluster cluster, int stages, int batches, double tokens) {
        check(stages, tokens);
        if (batches < 1) throw new IllegalArgumentException("Plan: expected at least 1 batch. Received " + batches);
        double one = compute(model, cluster, tokens / batches) / stages
                + (stages > 1 ? 2 * cluster.send(tokens / batches * model.width * model.bytes) : 0);
        double seconds = (batches + stages - 1) * one;
        return new Cost(seconds, compute(model, cluster, tokens) / stages / seconds,
                model.parameters * model.held() / stages);
    }

    private static void check(int ranks, double tokens) {
        if (ranks >= 1 && tokens > 0) return;
        throw new IllegalArgumentException("Plan: expected at least 1 rank and more than 0 tokens. Received " + ranks
                + " and " + tokens);
    }

    /**
     * How long to train between two checkpoints so that least time is lost to writing them and to what is repeated:
     * √(2 · checkpoint · time between failures) (Young 1974), with Daly's terms of higher order (2006).
     *
     * @param checkpoint how long writing takes
     * @param betweenFailures mean time between two failures of the whole: that of one machine by their number
     */
    public static Duration checkpointEvery(Duration checkpoint, Duration betweenFailures) {
        double c = seconds(checkpoint);
        double m = seconds(betweenFailures);
        if (!(c > 0 && m > 0)) {
            throw new IllegalArgumentException("Plan.checkpointEvery: expected times above 0. Received " + checkpoint
                    + " and " + betweenFailures);
        }
        if (c >= 2 * m) return betweenFailures;
        double ratio = c / (2 * m);
        return Duration.ofMillis(Math.round(1000
                * (Math.sqrt(2 * c * m) * (1 + Math.sqrt(ratio) / 3 + ratio / 9) - c)));
    }

    /**
     * The share of time in which training goes on, with exponential failures (Daly 2006, equation 13 inverted).
     *
     * @param every between two checkpoints
     * @param restart from a failure until training goes on
     */
    public static double efficiency(Duration every, Duration checkpoint, Duration restart, Duration betweenFailures) {
        double m = seconds(betweenFailures);
        double t = seconds(every);
        return t / (m * Math.exp(seconds(restart) / m) * Math.expm1((t + seconds(checkpoint)) / m));
    }

    private static double seconds(Duration time) { return time.toMillis() / 1000.0; }
}
