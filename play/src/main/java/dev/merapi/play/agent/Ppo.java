package dev.merapi.play.agent;

import dev.merapi.optim.Adam;
import dev.merapi.optim.Schedule;
import dev.merapi.play.env.Chance;
import dev.merapi.play.env.Env;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Trainer;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Proximal policy optimisation (Schulman et al. 2017, arXiv:1707.06347): plays for a while, then goes over it several
 * times, making what was better than expected likelier, but no action by more than a share of its probability.
 *
 * <p>R rows: steps of all environments.
 *
 * @param <A> an action
 */
public final class Ppo<A> extends OnPolicy<A> {
    static final String POLICY = "policy";
    private static final double EPS = 1e-8;

    private final PpoOptions o;
    private long rounds = Long.MAX_VALUE; // of the run, along which the clip falls
    private double divergence; // from the old policy, of the last update

    /** @param seed of all that is random but the weights, which follow from {@link dev.merapi.tensor.Torch#seed} */
    public Ppo(Supplier<? extends Env<A>> make, PpoOptions options, long seed) {
        super(make, options.environments(), options.threads(), options.hidden(), options.activation(), seed);
        o = options;
    }

    /**
     * A trainer of it, with Adam; a step of it is {@link PpoOptions#steps} steps of the environments.
     *
     * @param rounds that it will be trained for
     */
    public Trainer<Round> trainer(double learningRate, long rounds) {
        this.rounds = rounds;
        return trainer(this, o, learningRate, rounds);
    }

    static Trainer<Round> trainer(Agent<?> agent, PpoOptions o, double learningRate, long rounds) {
        Expect.atLeast("Ppo.rounds", 1, rounds);
        return Trainer.<Round>of(agent)
                .optimizer(POLICY, m -> new Adam(m, learningRate, Adam.Options.DEFAULT.eps(1e-5)))
                .schedule(o.anneal() ? Schedule.linear(1, 0, rounds) : Schedule.constant())
                .clipNorm(0.5).steps(rounds).remember(agent);
    }

    @Override public Pass step(Round round, Stepper stepper) {
        double clip = o.clip(round, rounds);
        var played = collect(o.length(), o.gamma(), o.lambda());
        var before = quietly(() -> model.policy.logProbability(model.policy.forward(played.seen()), played.actions(),
                played.masks()));
        int rows = o.steps();
        Pass last = null;
        for (int epoch = 0; epoch < o.epochs(); epoch++) {
            long[] order = shuffled(rows);
            for (int from = 0; from < rows; from += o.batch()) {
                try (var _ = Scope.open()) {
                    var at = Tensor.of(Arrays.copyOfRange(order, from, Math.min(rows, from + o.batch())))
                            .to(model.device());
                    var some = played.rows(at);
                    var old = before.indexSelect(0, at);
                    last = stepper.minimize(POLICY, () -> Pass.of(loss(some, old, clip), 1));
                }
            }
            if (o.stop() > 0 && divergence > o.stop()) break;
        }
        return last;
    }

    private long[] shuffled(int n) { return shuffled(n, chance); }

    static long[] shuffled(int n, Chance chance) {
        var order = new long[n];
        for (int i = 0; i < n; i++) {
            int j = chance.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private Tensor loss(Learned some, Tensor old, double clip) {
        var loss = loss(model, some, old, clip, o);
        if (o.stop() > 0) divergence = loss.divergence();
        return loss.all();
    }

    /**
     * The loss of some rows.
     *
     * @param moved by how much log π has changed, (R)
     */
    record Loss(Tensor all, Tensor moved) {
        /** From the policy that played: E[r − 1 − log r] (Schulman 2020). */
        double divergence() { return quietly(() -> moved.exp().sub(1).sub(moved).mean().item()); }
    }

    /** @param old log π of the actions when they were played, (R) */
    static Loss loss(ActorCritic<?> model, Learned some, Tensor old, double clip, PpoOptions o) {
        var parameters = model.policy.forward(some.seen());
        var moved = model.policy.logProbability(parameters, some.actions(), some.masks()).sub(old);
        var policy = policyLoss(moved, some.advantages(), clip);
        var value = valueLoss(model.value(some.seen()), some.values(), some.returns(), o.valueClip());
        var entropy = model.policy.entropy(parameters, some.masks()).mean();
        return new Loss(policy.add(value.mul(o.value())).sub(entropy.mul(o.entropy())), moved);
    }

    /** −E[min(r A, clip(r) A)] of normalised advantages, r = exp(moved). */
    static Tensor policyLoss(Tensor moved, Tensor advantages, double clip) {
        var a = advantages.numel() == 1 ? advantages
                : advantages.sub(advantages.mean()).div(advantages.std().add(EPS));
        var ratio = moved.exp();
        return ratio.mul(a).minimum(ratio.clamp(1 - clip, 1 + clip).mul(a)).mean().neg();
    }

    /**
     * E[(V − R)²]; where the distance from the old value is bounded, the larger of that and what the bounded one gives.
     */
    static Tensor valueLoss(Tensor values, Tensor old, Tensor returns, double clip) {
        var squared = values.sub(returns).square();
        if (clip == 0) return squared.mean();
        var near = old.add(values.sub(old).clamp(-clip, clip));
        return squared.maximum(near.sub(returns).square()).mean();
    }
}
