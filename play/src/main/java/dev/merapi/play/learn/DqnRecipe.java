package dev.merapi.play.learn;

import dev.merapi.play.agent.Dqn;
import dev.merapi.play.agent.DqnOptions;
import dev.merapi.play.env.Envs;
import dev.merapi.play.learn.DqnConfig.Part;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;
import java.util.List;

/** Deep Q-learning, up to Rainbow. */
public final class DqnRecipe implements Recipe<DqnConfig> {
    private static final double PRIORITY = 0.5;
    private static final int N_STEP = 3;
    private static final int ATOMS = 51;

    @Override public String name() { return "dqn"; }

    @Override public String description() {
        return "Acts by DQN where actions are choices, with Rainbow's parts by switches: env=<name>, such as"
                + " MountainCar-v0";
    }

    @Override public DqnConfig defaults() {
        return new DqnConfig("CartPole-v1", 0, 20, 20, 0, 0, 0, List.of(), List.of(Part.TUNED), 0, 500, 1337);
    }

    @Override public Job<?> job(DqnConfig config) {
        var c = config.agent();
        AgentJob.prepare(c);
        var tuned = Tuned.dqn(c.env());
        var o = options(config, c, tuned.options());
        long rounds = Math.max(1, (c.steps(tuned.steps()) - o.warmUp()) / o.trainEvery());
        var agent = new Dqn(() -> Envs.make(c.env()), o, c.seed());
        return new AgentJob(c, agent, agent.trainer(c.learningRate(tuned.learningRate())), rounds);
    }

    private static DqnOptions options(DqnConfig config, AgentConfig c, DqnOptions t) {
        var parts = config.parts();
        boolean asTuned = parts.contains(Part.TUNED);
        boolean distributional = parts.contains(Part.DISTRIBUTIONAL);
        return new DqnOptions(c.hidden(t.hidden()), c.gamma(t.gamma()), t.memory(), c.batchSize(t.batch()), t.warmUp(),
                t.trainEvery(), t.updates(), t.targetEvery(), t.exploreSteps(), t.explore(),
                parts.contains(Part.DOUBLE) || asTuned && t.doubled(),
                parts.contains(Part.DUELLING) || asTuned && t.duelling(),
                parts.contains(Part.PRIORITIZED) ? PRIORITY : asTuned ? t.priority() : 0,
                parts.contains(Part.N_STEP) ? N_STEP : asTuned ? t.nStep() : 1,
                parts.contains(Part.NOISY) || asTuned && t.noisy(),
                distributional ? ATOMS : asTuned ? t.atoms() : 1,
                distributional ? config.lowest() : t.lowest(), distributional ? config.highest() : t.highest());
    }

    @Override public Job<?> job(DqnConfig config, Path run) {
        Begun.expectEnv(run, config.env());
        return job(config);
    }
}
