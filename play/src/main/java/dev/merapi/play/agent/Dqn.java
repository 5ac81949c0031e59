package dev.merapi.play.agent;

import dev.merapi.loss.Huber;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Signature;
import dev.merapi.optim.Adam;
import dev.merapi.play.env.Env;
import dev.merapi.play.env.Space;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Deep Q-learning (Mnih et al. 2015): learns what each action is worth, r + γ max Q of the next observation, from a
 * memory of transitions, and by the switches of {@link DqnOptions} all that makes it Rainbow.
 *
 * <p>B transitions, A actions, Z atoms.
 */
public final class Dqn extends Agent<Integer> {
    private static final String Q = "q";
    private static final double CORRECTION = 0.4; // of the weights that undo priorities, at first; 1 in the end

    /** Both networks, as they are saved. */
    static final class Networks extends Layer {
        final QNetwork online, target;

        Networks(Space.Box seen, int actions, DqnOptions o) {
            online = new QNetwork(seen, actions, o);
            target = new QNetwork(seen, actions, o);
            target.freeze(true);
        }
    }

    private final DqnOptions o;
    private final Networks model;
    private final int actions;
    private final Replay memory;
    private final NStep lanes;
    private final double[] support; // returns of the atoms
    private long updated; // steps at which the target network was made equal

    /**
     * @param make an environment with actions from 0 to n − 1
     * @param seed of all that is random but the weights, which follow from {@link dev.merapi.tensor.Torch#seed}
     */
    public Dqn(Supplier<Env<Integer>> make, DqnOptions options, long seed) {
        super(make, 1, 1, seed);
        o = options;
        actions = ((Space.Discrete) envs.actionSpace()).n();
        model = new Networks(envs.observationSpace(), actions, o);
        memory = new Replay(o.memory(), envs.observationSpace().width(), 1, o.priority());
        lanes = new NStep(o.nStep(), o.gamma(), 0);
        support = new double[o.atoms()];
        for (int z = 0; z < o.atoms(); z++) {
            support[z] = o.lowest() + z * (o.highest() - o.lowest()) / Math.max(1, o.atoms() - 1);
        }
        copyToTarget();
    }

    /** A trainer of it, with Adam; a step of it is {@code trainEvery} steps of the environment. */
    public Trainer<Round> trainer(double learningRate) {
        return Trainer.<Round>of(this).optimizer(Q, _ -> new Adam(model.online, learningRate)).clipNorm(10)
                .remember(this);
    }

    @Override public Layer model() { return model; }

    @Override public Pass step(Round round, Stepper stepper) {
        for (int i = 0; i < o.trainEvery() || memory.size() < Math.max(o.warmUp(), o.batch()); i++) explore();
        Pass last = null;
        for (int i = 0; i < o.updates(); i++) {
            try (var _ = Scope.open()) {
                double correction = CORRECTION + (1 - CORRECTION) * Math.min(1, (double) steps / o.exploreSteps());
                var batch = memory.sample(o.batch(), correction, chance, model.device());
                var goal = quietly(() -> goal(batch));
                var errors = new float[1][];
                last = stepper.minimize(Q, () -> {
                    var each = o.atoms() == 1 ? squared(batch, goal, errors) : crossEntropy(batch, goal, errors);
                    return Pass.of(each.mul(batch.weights()).mean(), o.batch());
                });
                memory.prioritize(batch.places(), errors[0]);
            }
        }
        if (steps - updated >= o.targetEvery()) copyToTarget();
        return last;
    }

    private void copyToTarget() {
        updated = steps;
        var from = model.online.params();
        try (var _ = Scope.open()) {
            quietly(() -> {
                model.target.params().forEach((name, param) -> param.copy_(from.get(name)));
                return null;
            });
        }
    }

    private void explore() {
        float[] seen = observations();
        boolean[] mask = envs.actionMask(0);
        int action = chance.nextDouble() < epsilon() ? envs.actionSpace().sample(chance, mask)
                : best(values(seen), 0, mask);
        var batch = act(List.of(action));
        boolean over = batch.finals()[0] != null;
        lanes.add(seen, new float[] {action}, batch.rewards()[0], over ? batch.finals()[0] : batch.observations(),
                batch.terminated()[0], over, memory::add);
    }

    /** The share of random actions now. */
    private double epsilon() {
        if (memory.size() < o.warmUp()) return 1;
        return o.noisy() ? 0 : Math.max(o.explore(), 1 - (1 - o.explore()) * steps / o.exploreSteps());
    }

    /** (N · A) values of the online network. */
    float[] values(float[] observations) {
        try (var _ = Scope.open()) {
            return quietly(() -> expected(model.online.forward(tensor(observations))).toFloats());
        }
    }

    @Override public float[] worth(float[] observations) {
        float[] values = values(observations);
        var worth = new float[values.length / actions];
        for (int i = 0; i < worth.length; i++) worth[i] = values[i * actions + best(values, i, null)];
        return worth;
    }

    /** (N, A) of what a network gives. */
    private Tensor expected(Tensor output) {
        if (o.atoms() == 1) return output;
        return output.softmax(-1).mul(support()).sum(-1); // (N, A, Z) to (N, A)
    }

    private Tensor support() { return Tensor.of(support).to(DType.FLOAT32).to(model.device()); }

    private int best(float[] values, int row, boolean[] mask) {
        int best = -1;
        for (int a = 0; a < actions; a++) {
            boolean legal = mask == null || mask[a];
            if (legal && (best < 0 || values[row * actions + a] > values[row * actions + best])) best = a;
        }
        return best;
    }

    /** What each action is worth. */
    @Override public Signature signature() {
        return signature("values", x -> expected(model.online.forward(x)));
    }

    @Override public Actor<Integer> greedy() {
        return (observations, masks) -> {
            float[] values = values(observations);
            var chosen = new ArrayList<Integer>(masks.size());
            for (int i = 0; i < masks.size(); i++) chosen.add(best(values, i, masks.get(i)));
            return chosen;
        };
    }

    /** What the values (B), or distributions (B, Z), of the chosen actions should be. */
    Tensor goal(Replay.Batch batch) {
        var output = model.target.forward(batch.next());
        var chooser = o.doubled() ? model.online.forward(batch.next()) : output;
        var best = expected(chooser).argmax(1).unsqueeze(1); // (B, 1)
        if (o.atoms() == 1) {
            return batch.reward().add(output.gather(1, best).squeeze(1).mul(batch.discount()));
        }
        var shifted = batch.reward().unsqueeze(1).add(batch.discount().unsqueeze(1).mul(support())); // (B, Z)
        return projected(shifted, chosen(output, best).softmax(-1), o.lowest(), o.highest());
    }

    /**
     * Moves probabilities of returns between the atoms to those beside them (algorithm 1 of Bellemare et al. 2017).
     *
     * @param returns (B, Z), where the atoms would be now
     * @param probabilities (B, Z)
     */
    static Tensor projected(Tensor returns, Tensor probabilities, double lowest, double highest) {
        long z = returns.size(1);
        var at = returns.clamp(lowest, highest).sub(lowest).mul((z - 1) / (highest - lowest)).clamp(0, z - 1);
        var below = at.floor();
        var share = at.sub(below); // of the atom above
        var above = below.add(1).clamp(0, z - 1);
        return probabilities.zerosLike()
                .scatterAdd(1, below.to(DType.INT64), probabilities.mul(share.rsub(1)))
                .scatterAdd(1, above.to(DType.INT64), probabilities.mul(share));
    }

    /** The chosen actions' part (B) or (B, Z) of (B, A) or (B, A, Z). */
    private Tensor chosen(Tensor output, Tensor action) {
        if (o.atoms() == 1) return output.gather(1, action).squeeze(1);
        return output.gather(1, action.unsqueeze(2).expand(-1, 1, o.atoms())).squeeze(1);
    }

    private Tensor squared(Replay.Batch batch, Tensor goal, float[][] errors) {
        var q = chosen(model.online.forward(batch.seen()), batch.action().to(DType.INT64));
        if (o.priority() > 0) errors[0] = q.detach().sub(goal).toFloats();
        return new Huber().each(q, goal);
    }

    private Tensor crossEntropy(Replay.Batch batch, Tensor goal, float[][] errors) {
        var logits = chosen(model.online.forward(batch.seen()), batch.action().to(DType.INT64));
        var each = goal.mul(logits.logSoftmax(-1)).sum(-1).neg(); // (B)
        if (o.priority() > 0) errors[0] = each.detach().toFloats();
        return each;
    }

    @Override void remember(Map<String, Tensor> state) {
        memory.remember(state);
        lanes.remember(state);
        state.put("updated", Tensor.of(new long[] {updated}));
    }

    @Override void recall(Map<String, Tensor> saved) {
        memory.recall(saved);
        lanes.recall(saved, envs.observationSpace().width());
        updated = saved.get("updated").itemLong();
    }

    @Override public void close() {
        super.close();
        memory.close();
    }
}
