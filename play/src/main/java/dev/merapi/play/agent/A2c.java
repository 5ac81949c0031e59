package dev.merapi.play.agent;

import dev.merapi.optim.RmsProp;
import dev.merapi.optim.Schedule;
import dev.merapi.play.env.Env;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Pass;
import dev.merapi.train.Stepper;
import dev.merapi.train.Trainer;
import java.util.function.Supplier;

/**
 * Advantage actor-critic, synchronous (Mnih et al. 2016, arXiv:1602.01783): a few steps in all environments, then one
 * update by them. It takes {@link PpoOptions}, of which clip, epochs, batch and stop play no part.
 *
 * @param <A> an action
 */
public final class A2c<A> extends OnPolicy<A> {
    private static final String POLICY = "policy";

    private final PpoOptions o;

    /** @param seed of all that is random but the weights, which follow from {@link dev.merapi.tensor.Torch#seed} */
    public A2c(Supplier<? extends Env<A>> make, PpoOptions options, long seed) {
        super(make, options.environments(), options.threads(), options.hidden(), options.activation(), seed);
        o = options;
    }

    /**
     * A trainer of it, with RMSProp; a step of it is {@link PpoOptions#steps} steps of the environments.
     *
     * @param rounds that it will be trained for
     */
    public Trainer<Round> trainer(double learningRate, long rounds) {
        return Trainer.<Round>of(this)
                .optimizer(POLICY, m -> new RmsProp(m, learningRate, new RmsProp.Options(0.99, 0, false, 1e-5, 0)))
                .schedule(o.anneal() ? Schedule.linear(1, 0, rounds) : Schedule.constant())
                .clipNorm(0.5).steps(rounds).remember(this);
    }

    @Override public Pass step(Round round, Stepper stepper) {
        var played = collect(o.length(), o.gamma(), o.lambda());
        return stepper.minimize(POLICY, () -> Pass.of(loss(played), 1));
    }

    private Tensor loss(Learned played) {
        var parameters = model.policy.forward(played.seen());
        var logs = model.policy.logProbability(parameters, played.actions(), played.masks());
        var value = model.value(played.seen()).sub(played.returns()).square().mean();
        var entropy = model.policy.entropy(parameters, played.masks()).mean();
        return logs.mul(played.advantages()).mean().neg().add(value.mul(o.value())).sub(entropy.mul(o.entropy()));
    }
}
