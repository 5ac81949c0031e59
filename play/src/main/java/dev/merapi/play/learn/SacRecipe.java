package dev.merapi.play.learn;

import dev.merapi.play.agent.Sac;
import dev.merapi.play.env.Envs;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** Soft actor-critic. */
public final class SacRecipe implements Recipe<AgentConfig> {
    @Override public String name() { return "sac"; }

    @Override public String description() {
        return "Acts by SAC where actions are numbers: env=<name>, such as Pendulum-v1";
    }

    @Override public AgentConfig defaults() { return AgentConfig.of("Pendulum-v1"); }

    @Override public Job<?> job(AgentConfig c) {
        AgentJob.prepare(c);
        var tuned = Tuned.sac(c.env());
        var o = c.over(tuned.options());
        long rounds = Math.max(1, (c.steps(tuned.steps()) - o.warmUp()) / o.trainEvery());
        var agent = new Sac(() -> Envs.makeContinuous(c.env()), o, c.seed());
        return new AgentJob(c, agent, agent.trainer(c.learningRate(tuned.learningRate())), rounds);
    }

    @Override public Job<?> job(AgentConfig config, Path run) {
        Begun.expectEnv(run, config.env());
        return job(config);
    }
}
