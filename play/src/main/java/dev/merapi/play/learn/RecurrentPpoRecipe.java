package dev.merapi.play.learn;

import dev.merapi.play.agent.RecurrentPpo;
import dev.merapi.play.env.Envs;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import java.nio.file.Path;

/** Proximal policy optimisation with a memory. */
public final class RecurrentPpoRecipe implements Recipe<AgentConfig> {
    @Override public String name() { return "recurrent-ppo"; }

    @Override public String description() { return "Acts by PPO with an LSTM: env=<name>, such as CartPoleNoVel-v1"; }

    @Override public AgentConfig defaults() { return AgentConfig.of("CartPoleNoVel-v1"); }

    @Override public Job<?> job(AgentConfig c) {
        AgentJob.prepare(c);
        var tuned = Tuned.recurrentPpo(c.env());
        var o = c.over(tuned.options());
        long rounds = Math.max(1, c.steps(tuned.steps()) / o.steps());
        var agent = new RecurrentPpo<>(() -> Envs.any(c.env()), o, c.seed());
        return new AgentJob(c, agent, agent.trainer(c.learningRate(tuned.learningRate()), rounds), rounds);
    }

    @Override public Job<?> job(AgentConfig config, Path run) {
        Begun.expectEnv(run, config.env());
        return job(config);
    }
}
