package dev.merapi.play.learn;

import dev.merapi.play.agent.Td3;
import dev.merapi.play.env.Envs;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** Twin delayed deep deterministic policy gradient. */
public final class Td3Recipe implements Recipe<AgentConfig> {
    @Override public String name() { return "td3"; }

    @Override public String description() {
        return "Acts by TD3 where actions are numbers: env=<name>, such as MountainCarContinuous-v0";
    }

    @Override public AgentConfig defaults() { return AgentConfig.of("Pendulum-v1"); }

    @Override public Job<?> job(AgentConfig c) {
        AgentJob.prepare(c);
        var tuned = Tuned.td3(c.env());
        var o = c.over(tuned.options());
        long rounds = Math.max(1, (c.steps(tuned.steps()) - o.warmUp()) / o.trainEvery());
        var agent = new Td3(() -> Envs.makeContinuous(c.env()), o, true, c.seed());
        return new AgentJob(c, agent, agent.trainer(c.learningRate(tuned.learningRate())), rounds);
    }

    @Override public Job<?> job(AgentConfig config, Path run) {
        Begun.expectEnv(run, config.env());
        return job(config);
    }
}
