package dev.merapi.play.agent;

import java.util.Arrays;
import java.util.List;

/**
 * Some steps of all environments, and what came of them: T steps, N environments; a row for each of the T · N, time
 * first.
 *
 * @param seen (T · N, …)
 * @param actions (T · N, W) encoded, as drawn
 * @param masks (T · N, M) 1 for what is legal; null where all is
 * @param rewards (T · N)
 * @param ends where an episode has ended
 * @param terminated where the world has
 * @param finals last observations of episodes that were cut off, by row; null elsewhere
 * @param last observations behind the last step, (N, …)
 */
record Rollout(int environments, float[] seen, float[] actions, float[] masks, double[] rewards, boolean[] ends,
        boolean[] terminated, float[][] finals, float[] last) {
    int rows() { return rewards.length; }

    /** Advantages (T · N) and what they make the returns. */
    record Advantages(float[] advantages, float[] returns) {}

    /**
     * Generalised advantages (Schulman et al. 2016, arXiv:1506.02438): Σ (γλ)ᵏ δ with δ = r + γ V(s′) − V(s). Where an
     * episode was cut off, what its last observation is worth counts as if it had gone on.
     *
     * @param values (T · N) of the observations
     * @param lastValues (N) behind the last step
     * @param finalValues (T · N), of {@link #finals}; 0 elsewhere
     */
    Advantages advantages(float[] values, float[] lastValues, float[] finalValues, double gamma, double lambda) {
        int n = environments, t = rows() / n;
        var advantages = new float[rows()];
        var returns = new float[rows()];
        for (int i = 0; i < n; i++) {
            double running = 0;
            for (int k = t - 1; k >= 0; k--) {
                int row = k * n + i;
                double next = ends[row] ? terminated[row] ? 0 : finalValues[row]
                        : k == t - 1 ? lastValues[i] : values[row + n];
                double delta = rewards[row] + gamma * next - values[row];
                running = delta + (ends[row] ? 0 : gamma * lambda * running);
                advantages[row] = (float) running;
                returns[row] = (float) (running + values[row]);
            }
        }
        return new Advantages(advantages, returns);
    }

    /** Lets an actor, which draws from a policy, play so many steps in all environments of an agent. */
    static <A> Rollout collect(Agent<A> agent, StochasticPolicy<A> policy, Actor<A> actor, int steps) {
        var envs = agent.envs;
        int n = envs.size(), width = envs.observationSpace().width(), acts = envs.actionSpace().width();
        int maskWidth = policy.maskWidth();
        var seen = new float[steps * n * width];
        var actions = new float[steps * n * acts];
        float[] masks = null;
        var rewards = new double[steps * n];
        var ends = new boolean[steps * n];
        var terminated = new boolean[steps * n];
        var finals = new float[steps * n][];
        float[] now = agent.observations();
        for (int k = 0; k < steps; k++) {
            System.arraycopy(now, 0, seen, k * n * width, n * width);
            var legal = agent.masks();
            List<A> drawn = actor.act(now, legal);
            for (int i = 0; i < n; i++) {
                System.arraycopy(envs.actionSpace().encode(drawn.get(i)), 0, actions, (k * n + i) * acts, acts);
                if (legal.get(i) == null) continue;
                if (masks == null) masks = ones(steps * n * maskWidth);
                for (int m = 0; m < maskWidth; m++) {
                    masks[(k * n + i) * maskWidth + m] = legal.get(i)[m] ? 1 : 0;
                }
            }
            var batch = agent.act(drawn.stream().map(policy::bounded).toList());
            for (int i = 0; i < n; i++) {
                int row = k * n + i;
                rewards[row] = batch.rewards()[i];
                ends[row] = batch.finals()[i] != null;
                if (ends[row]) actor.begin(i);
                terminated[row] = batch.terminated()[i];
                if (ends[row] && !terminated[row]) finals[row] = batch.finals()[i];
            }
            now = batch.observations();
        }
        return new Rollout(n, seen, actions, masks, rewards, ends, terminated, finals, now);
    }

    private static float[] ones(int n) {
        var ones = new float[n];
        Arrays.fill(ones, 1);
        return ones;
    }
}
