package dev.merapi.play.agent;

import dev.merapi.nn.Activation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Unary;
import dev.merapi.play.env.Env;
import dev.merapi.play.env.Space;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** An agent of continuous actions that learns from a memory; inside, actions are scaled to −1 … 1. */
abstract class OffPolicy extends Agent<float[]> {
    final OffPolicyOptions o;
    final Replay memory;
    final float[] low, high;
    final int width; // of actions

    OffPolicy(Supplier<Env<float[]>> make, OffPolicyOptions options, long seed) {
        super(make, 1, 1, seed);
        o = options;
        var space = (Space.Box) envs.actionSpace();
        width = space.width();
        low = space.low();
        high = space.high();
        memory = new Replay(o.memory(), envs.observationSpace().width(), width, 0);
    }

    /** Two networks that value an observation with an action, of which the lower is believed (Fujimoto et al. 2018). */
    static final class Critics extends Layer {
        final Sequential first, second;

        Critics(int seen, int actions, List<Integer> hidden) {
            first = net(seen + actions, hidden);
            second = net(seen + actions, hidden);
        }

        private static Sequential net(int in, List<Integer> hidden) {
            var layers = new ArrayList<Unary>();
            layers.add(Nets.dense(in, hidden, Activation.RELU));
            layers.add(new Linear(hidden.getLast(), 1));
            return new Sequential(layers);
        }

        /** (B) of both. */
        Tensor[] forward(Tensor seen, Tensor action) {
            var x = Tensor.cat(List.of(seen, action), 1);
            return new Tensor[] {first.forward(x).squeeze(1), second.forward(x).squeeze(1)};
        }

        Tensor lower(Tensor seen, Tensor action) {
            var both = forward(seen, action);
            return both[0].minimum(both[1]);
        }
    }

    @Override public final Pass step(Round round, Stepper stepper) {
        for (int i = 0; i < o.trainEvery() || memory.size() < Math.max(o.warmUp(), o.batch()); i++) explore();
        Pass last = null;
        for (int i = 0; i < o.updates(); i++) {
            try (var _ = Scope.open()) {
                last = update(memory.sample(o.batch(), 0, chance, model().device()), stepper);
            }
        }
        return last;
    }

    private void explore() {
        float[] seen = observations();
        float[] action = memory.size() < o.warmUp() ? random() : tried(seen);
        var batch = act(List.of(unscaled(action)));
        boolean over = batch.finals()[0] != null;
        memory.add(seen, action, batch.rewards()[0], over ? batch.finals()[0] : batch.observations(),
                batch.terminated()[0] ? 0 : o.gamma());
    }

    private float[] random() {
        var action = new float[width];
        for (int i = 0; i < width; i++) action[i] = (float) chance.nextDouble(-1, 1);
        return action;
    }

    /** An action to learn from, scaled. */
    abstract float[] tried(float[] observation);

    /** The best actions that are known, scaled, (N, W). */
    abstract Tensor best(Tensor observations);

    @Override public final Signature signature() { return signature("action", this::best); }

    /** Learns from a batch; the pass whose loss is logged. */
    abstract Pass update(Replay.Batch batch, Stepper stepper);

    /** From −1 … 1 to the space's bounds. */
    private float[] unscaled(float... action) {
        var real = new float[width];
        for (int i = 0; i < width; i++) {
            real[i] = Math.clamp(low[i] + (action[i] + 1) / 2 * (high[i] - low[i]), low[i], high[i]);
        }
        return real;
    }

    @Override public final Actor<float[]> greedy() {
        return (observations, masks) -> {
            float[] all;
            try (var _ = Scope.open()) {
                all = quietly(() -> best(tensor(observations)).toFloats());
            }
            var actions = new ArrayList<float[]>(masks.size());
            for (int i = 0; i < masks.size(); i++) {
                actions.add(unscaled(Arrays.copyOfRange(all, i * width, (i + 1) * width)));
            }
            return actions;
        };
    }

    /** Moves target weights by a share towards the trained ones. */
    static void follow(Layer target, Layer trained, double share) {
        var from = trained.params();
        try (var _ = Scope.open()) {
            quietly(() -> {
                target.params().forEach((name, param) -> param.lerp_(from.get(name), share));
                return null;
            });
        }
    }

    @Override void remember(Map<String, Tensor> state) { memory.remember(state); }

    @Override void recall(Map<String, Tensor> saved) { memory.recall(saved); }

    @Override public void close() {
        super.close();
        memory.close();
    }
}
