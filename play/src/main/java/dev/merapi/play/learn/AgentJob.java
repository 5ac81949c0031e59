package dev.merapi.play.learn;

import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.play.agent.Agent;
import dev.merapi.play.agent.Round;
import dev.merapi.play.agent.Rounds;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.util.ArrayList;
import java.util.Map;

/** An agent and its trainer. */
final class AgentJob implements Job<Round> {
    private final AgentConfig config;
    private final Agent<?> agent;
    private final Trainer<Round> trainer;

    /**
     * @param rounds of training
     * @param trainer of the agent
     */
    AgentJob(AgentConfig config, Agent<?> agent, Trainer<Round> trainer, long rounds) {
        this.config = config;
        this.agent = agent;
        this.trainer = trainer.steps(rounds).evaluateEvery(Math.max(1, Math.ceilDiv(rounds, config.evaluations())))
                .seed(config.seed());
    }

    /** Before a model is made: small networks are fastest on the thread that calls. */
    static void prepare(AgentConfig config) {
        Torch.useOneThread();
        Torch.seed(config.seed());
    }

    AgentConfig config() { return config; }

    Agent<?> agent() { return agent; }

    @Override public Trainer<Round> trainer() { return trainer; }

    @Override public Rounds train() { return Rounds.endless(); }

    @Override public Rounds test() { return Rounds.of(config.episodes()); }

    @Override public Summary summary() { return Summary.of(agent.model(), this::actOnce); }

    private void actOnce() {
        var masks = new ArrayList<boolean[]>();
        masks.add(null);
        agent.greedy().act(new float[agent.observationSpace().width()], masks);
    }

    /** What it is worth; how much it has learned from is its run's to tell. */
    @Override public Map<String, Double> evaluate() {
        var values = Job.super.evaluate();
        values.remove("env_steps");
        return values;
    }

    @Override public Signature signature() { return agent.signature(); }

    @Override public AgentPredictor<?> predictor() { return new AgentPredictor<>(agent); }

    @Override public void close() { agent.close(); }
}
