package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LstmCell;
import dev.merapi.nn.Sequential;
import dev.merapi.play.env.Env;
import dev.merapi.play.env.Space;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * {@link Ppo} with a memory, for environments that do not show all that counts: an LSTM (Hochreiter and Schmidhuber
 * 1997) goes along with each episode, and policy and critic see what it holds. It learns from whole stretches of
 * {@link PpoOptions#length} steps, those of a few environments in an update.
 *
 * <p>T steps, N environments, or n of them in an update, D numbers in the memory; rows are T · N, time first.
 *
 * @param <A> an action
 */
public final class RecurrentPpo<A> extends Agent<A> {
    private final PpoOptions o;
    private final Net<A> net;
    private final Memory training;
    private long rounds = Long.MAX_VALUE; // of the run, along which the clip falls

    private static final class Net<A> extends Layer {
        final Sequential body;
        final LstmCell memory;
        final ActorCritic<A> heads; // of what is remembered
        final int width;

        Net(Space.Box seen, Space<A> actions, List<Integer> hidden, Activation activation) {
            width = hidden.getLast();
            body = Nets.orthogonal(Nets.body(seen, hidden, activation), Math.sqrt(2));
            memory = new LstmCell(width, width);
            heads = new ActorCritic<>(Space.Box.unbounded(width), actions, List.of(width), activation);
        }

        /** What is remembered behind each step, (T · n, D) both. */
        private record Held(Tensor h, Tensor c) {}

        /**
         * Goes through T steps.
         *
         * @param seen (T · n, …)
         * @param kept (T · n), 0 where an episode begins, else 1
         * @param h (n, D) in front of the first step
         * @param c (n, D) in front of the first step
         */
        Held through(Tensor seen, Tensor kept, Tensor h, Tensor c) {
            long n = h.size(0);
            var features = body.forward(seen).view(-1, n, width);
            var keeps = kept.view(-1, n, 1);
            var hs = new ArrayList<Tensor>();
            var cs = new ArrayList<Tensor>();
            for (int t = 0; t < features.size(0); t++) {
                var keep = keeps.select(0, t);
                var next = memory.forward(features.select(0, t), h.mul(keep), c.mul(keep));
                hs.add(h = next.h());
                cs.add(c = next.c());
            }
            return new Held(Tensor.cat(hs, 0), Tensor.cat(cs, 0));
        }
    }

    /** Acts with a memory of each row. */
    private final class Memory implements Actor<A> {
        private final boolean draws; // or takes the likeliest
        private float[] h = {}; // N · D
        private float[] c = {};

        Memory(boolean draws) { this.draws = draws; }

        @Override public void begin(int row) {
            for (int i = row * net.width; i < Math.min(h.length, (row + 1) * net.width); i++) h[i] = c[i] = 0;
        }

        @Override public List<A> act(float[] observations, List<boolean[]> masks) {
            int n = masks.size();
            if (h.length != n * net.width) {
                h = new float[n * net.width];
                c = new float[n * net.width];
            }
            float[] parameters;
            try (var _ = Scope.open()) {
                parameters = quietly(() -> {
                    var held = net.through(tensor(observations), kept(n), tensor(h, net.width), tensor(c, net.width));
                    h = held.h().toFloats();
                    c = held.c().toFloats();
                    return net.heads.policy.forward(held.h()).toFloats();
                });
            }
            var actions = new ArrayList<A>(n);
            for (int i = 0; i < n; i++) {
                var policy = net.heads.policy;
                actions.add(draws ? policy.sample(parameters, i, masks.get(i), chance)
                        : policy.bounded(policy.mode(parameters, i, masks.get(i))));
            }
            return actions;
        }
    }

    /** @param seed of all that is random but the weights, which follow from {@link dev.merapi.tensor.Torch#seed} */
    public RecurrentPpo(Supplier<? extends Env<A>> make, PpoOptions options, long seed) {
        super(make, options.environments(), options.threads(), seed);
        o = options;
        net = new Net<>(envs.observationSpace(), envs.actionSpace(), o.hidden(), o.activation());
        training = new Memory(true);
    }

    /** As {@link Ppo#trainer}. */
    public Trainer<Round> trainer(double learningRate, long rounds) {
        this.rounds = rounds;
        return Ppo.trainer(this, o, learningRate, rounds);
    }

    @Override public Layer model() { return net; }

    /** All rows are kept. */
    private Tensor kept(int rows) { return Tensor.ones(rows).to(net.device()); }

    /**
     * What was played.
     *
     * @param before log π of the actions then, (T · N)
     * @param kept (T · N), 0 where an episode begins
     * @param h (N, D) in front of the first step
     * @param c the same
     */
    private record Stretch(Learned played, Tensor before, Tensor kept, Tensor h, Tensor c) {}

    @Override public Pass step(Round round, Stepper stepper) {
        double clip = o.clip(round, rounds), divergence = 0;
        var stretch = play();
        int n = envs.size(), together = Math.max(1, o.batch() / o.length()); // environments in an update
        Pass last = null;
        for (int epoch = 0; epoch < o.epochs() && (o.stop() == 0 || divergence <= o.stop()); epoch++) {
            long[] order = Ppo.shuffled(n, chance);
            for (int from = 0; from < n; from += together) {
                long[] some = Arrays.copyOfRange(order, from, Math.min(n, from + together));
                try (var _ = Scope.open()) {
                    var losses = new Ppo.Loss[1];
                    last = stepper.minimize(Ppo.POLICY, () -> {
                        losses[0] = loss(stretch, some, clip);
                        return Pass.of(losses[0].all(), 1);
                    });
                    if (o.stop() > 0) divergence = losses[0].divergence();
                }
            }
        }
        return last;
    }

    private Stretch play() {
        int n = envs.size();
        observations(); // begun, so that the memory is there
        var h = tensor(held(training.h, n), net.width);
        var c = tensor(held(training.c, n), net.width);
        var rollout = Rollout.collect(this, net.heads.policy, training, o.length());
        var kept = kept(rollout, n);
        var held = quietly(() -> net.through(tensor(rollout.seen()), kept, h, c));
        var played = learned(rollout, held);
        var before = quietly(() -> net.heads.policy.logProbability(net.heads.policy.forward(held.h()),
                played.actions(), played.masks()));
        return new Stretch(played, before, kept, h, c);
    }

    /** Of what some environments played. */
    private Ppo.Loss loss(Stretch s, long[] some, double clip) {
        var at = Tensor.of(rows(some, envs.size())).to(net.device());
        var of = Tensor.of(some).to(net.device());
        var rows = s.played.rows(at);
        var remembered = net.through(rows.seen(), s.kept.indexSelect(0, at), s.h.indexSelect(0, of),
                s.c.indexSelect(0, of)).h();
        return Ppo.loss(net.heads, rows.seen(remembered), s.before.indexSelect(0, at), clip, o);
    }

    private float[] held(float[] state, int n) { return state.length == 0 ? new float[n * net.width] : state.clone(); }

    /** (T · N), 0 where an episode begins. Those that begin with the first step are forgotten already. */
    private Tensor kept(Rollout rollout, int n) {
        var kept = new float[rollout.rows()];
        for (int row = 0; row < kept.length; row++) kept[row] = row >= n && rollout.ends()[row - n] ? 0 : 1;
        return Tensor.of(kept).to(net.device());
    }

    /** The rows of some environments, time first. */
    private long[] rows(long[] some, int n) {
        var rows = new long[o.length() * some.length];
        for (int i = 0; i < rows.length; i++) rows[i] = (long) (i / some.length) * n + some[i % some.length];
        return rows;
    }

    private Learned learned(Rollout rollout, Net.Held held) {
        int n = envs.size(), rows = rollout.rows();
        float[] values = quietly(() -> net.heads.value(held.h()).toFloats());
        var finals = new float[rows];
        for (int i = 0; i < rows; i++) {
            if (rollout.finals()[i] != null) {
                finals[i] = value(rollout.finals()[i], held.h().narrow(0, i, 1), held.c().narrow(0, i, 1))[0];
            }
        }
        float[] last = value(rollout.last(), tensor(training.h, net.width), tensor(training.c, net.width));
        return learned(rollout, net.heads.policy, values,
                rollout.advantages(values, last, finals, o.gamma(), o.lambda()));
    }

    /** What observations (N, …) are worth behind what is remembered, (N, D) both. */
    private float[] value(float[] observations, Tensor h, Tensor c) {
        return quietly(() -> net.heads.value(
                net.through(tensor(observations), kept((int) h.size(0)), h, c).h()).toFloats());
    }

    /** As the first of episodes. */
    @Override public float[] worth(float[] observations) {
        try (var _ = Scope.open()) {
            var nothing = Tensor.zeros(observations.length / envs.observationSpace().width(), net.width)
                    .to(net.device());
            return value(observations, nothing, nothing);
        }
    }

    /** It remembers from call to call: one for each group of episodes. */
    @Override public Actor<A> greedy() { return new Memory(false); }

    @Override void remember(Map<String, Tensor> state) {
        state.put("h", Tensor.of(held(training.h, envs.size())));
        state.put("c", Tensor.of(held(training.c, envs.size())));
    }

    @Override void recall(Map<String, Tensor> saved) {
        training.h = saved.get("h").toFloats();
        training.c = saved.get("c").toFloats();
    }
}
