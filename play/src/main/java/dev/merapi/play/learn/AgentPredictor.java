package dev.merapi.play.learn;

import dev.merapi.play.agent.Agent;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What an agent does, given what it observes: the action as numbers. A user types an observation, such as
 * {@code "0.1 0 -0.02 0"}.
 */
final class AgentPredictor<A> implements Predictor<float[], float[]> {
    private final Agent<A> agent;

    AgentPredictor(Agent<A> agent) { this.agent = agent; }

    @Override public Class<float[]> input() { return float[].class; }

    @Override public Class<float[]> output() { return float[].class; }

    @Override public List<float[]> predict(List<float[]> inputs) {
        int width = agent.observationSpace().width();
        var seen = new float[inputs.size() * width];
        var masks = new ArrayList<boolean[]>();
        for (int i = 0; i < inputs.size(); i++) {
            Expect.that(inputs.get(i).length == width, "observation", width + " numbers", inputs.get(i).length);
            System.arraycopy(inputs.get(i), 0, seen, i * width, width);
            masks.add(null);
        }
        return agent.greedy().act(seen, masks).stream().map(agent.actionSpace()::encode).toList();
    }

    @Override public float[] parse(String typed) {
        String[] parts = typed.strip().split("[\\s,]+");
        var observation = new float[parts.length];
        try {
            for (int i = 0; i < parts.length; i++) observation[i] = Float.parseFloat(parts[i]);
        } catch (NumberFormatException e) {
            throw Expect.error("observation", "numbers, such as \"0.1 0 -0.02 0\"", '"' + typed + '"');
        }
        return observation;
    }

    @Override public String format(float[] answer) { return Arrays.toString(answer); }
}
