package dev.merapi.play.learn;

import dev.merapi.play.agent.A2c;
import dev.merapi.play.env.Envs;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** Advantage actor-critic. */
public final class A2cRecipe implements Recipe<AgentConfig> {
    @Override public String name() { return "a2c"; }

    @Override public String description() { return "Acts by A2C: env=<name>, such as CartPole-v1"; }

    @Override public AgentConfig defaults() { return AgentConfig.of("CartPole-v1"); }

    @Override public Job<?> job(AgentConfig c) {
        AgentJob.prepare(c);
        var tuned = Tuned.a2c(c.env());
        var o = c.over(tuned.options());
        long rounds = Math.max(1, c.steps(tuned.steps()) / o.steps());
        var agent = new A2c<>(() -> Envs.any(c.env()), o, c.seed());
        return new AgentJob(c, agent, agent.trainer(c.learningRate(tuned.learningRate()), rounds), rounds);
    }

    @Override public Job<?> job(AgentConfig config, Path run) {
        Begun.expectEnv(run, config.env());
        return job(config);
    }
}
