package dev.merapi.play.env;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Several environments side by side, in the caller's thread or in several. Where an episode ends, the next begins in
 * the same step.
 *
 * <pre>{@code
 * try (var envs = new VectorEnv<>(8, () -> new TimeLimit<>(new CartPole(), 500), 7, 1)) {
 *     float[] observations = envs.reset();                 // (8, 4)
 *     var step = envs.step(List.of(0, 1, 0, 1, 0, 1, 0, 1));
 * }
 * }</pre>
 *
 * The seed of an episode follows from the seed, the environment's place and the episode's number, so that threads
 * change nothing; a {@link #state} is the running episodes' actions, which {@link #load} plays again.
 *
 * @param <A> an action
 */
public final class VectorEnv<A> implements AutoCloseable {
    private final List<Env<A>> envs = new ArrayList<>();
    private final List<List<float[]>> played = new ArrayList<>(); // actions of the running episodes
    private final long[] episodes; // begun by each
    private final double[] returns; // of the running episodes
    private final long seed;
    private final int width;
    private final ExecutorService pool; // null: the caller's thread
    private final List<Callable<Void>> shares = new ArrayList<>();
    private float[] observations;
    private List<A> actions;
    private Batch batch;

    /**
     * What a step of all leads to.
     *
     * @param observations (N, …), of the next episode where one has ended
     * @param finals of an environment whose episode has ended the last observation, else null
     * @param over what the ended episodes brought
     */
    public record Batch(float[] observations, double[] rewards, boolean[] terminated, boolean[] truncated,
            float[][] finals, List<EpisodeStatistics.Episode> over) {}

    /**
     * @param n how many
     * @param make one of them
     * @param threads that step them
     */
    public VectorEnv(int n, Supplier<? extends Env<A>> make, long seed, int threads) {
        Expect.atLeast("VectorEnv", 1, n);
        Expect.atLeast("VectorEnv.threads", 1, threads);
        for (int i = 0; i < n; i++) {
            envs.add(make.get());
            played.add(new ArrayList<>());
        }
        episodes = new long[n];
        returns = new double[n];
        this.seed = seed;
        width = envs.getFirst().observationSpace().width();
        observations = new float[n * width];
        int workers = Math.min(threads, n);
        pool = workers == 1 ? null : Executors.newFixedThreadPool(workers, task -> {
            var thread = new Thread(task, "env");
            thread.setDaemon(true);
            return thread;
        });
        for (int w = 0; w < workers; w++) {
            int from = w * n / workers, to = (w + 1) * n / workers;
            shares.add(() -> {
                for (int i = from; i < to; i++) step(i);
                return null;
            });
        }
    }

    /** How many. */
    public int size() { return envs.size(); }

    /** What an observation of each is. */
    public Space.Box observationSpace() { return envs.getFirst().observationSpace(); }

    /** What an action of each is. */
    public Space<A> actionSpace() { return envs.getFirst().actionSpace(); }

    /** The mask of each; null where all actions are legal. */
    public boolean[] actionMask(int i) { return envs.get(i).actionMask(); }

    /** Begins an episode in all; the observations are (N, …). */
    public float[] reset() {
        for (int i = 0; i < size(); i++) put(i, begin(i));
        return observations.clone();
    }

    /** The observations as they are now, (N, …). */
    public float[] observations() { return observations.clone(); }

    private float[] begin(int i) {
        played.get(i).clear();
        returns[i] = 0;
        return envs.get(i).reset(Chance.seed(seed, i, episodes[i]++));
    }

    private void put(int i, float[] observation) { System.arraycopy(observation, 0, observations, i * width, width); }

    /**
     * Acts in all.
     *
     * @param all one for each
     */
    public Batch step(List<A> all) {
        Expect.that(all.size() == size(), "VectorEnv.step", size() + " actions, one for each environment", all.size());
        actions = all;
        int n = size();
        var over = new ArrayList<EpisodeStatistics.Episode>();
        batch = new Batch(null, new double[n], new boolean[n], new boolean[n], new float[n][], over);
        if (pool == null) {
            for (int i = 0; i < n; i++) step(i);
        } else {
            together();
        }
        for (int i = 0; i < n; i++) {
            returns[i] += batch.rewards[i];
            if (batch.finals[i] == null) continue;
            over.add(new EpisodeStatistics.Episode(returns[i], played.get(i).size()));
            put(i, begin(i));
        }
        return new Batch(observations.clone(), batch.rewards, batch.terminated, batch.truncated, batch.finals, over);
    }

    private void together() {
        try {
            for (var share : pool.invokeAll(shares)) share.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            throw new IllegalStateException("VectorEnv.step: an environment failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("VectorEnv.step: interrupted while environments were acting", e);
        }
    }

    private void step(int i) {
        A action = actions.get(i);
        var step = envs.get(i).step(action);
        played.get(i).add(actionSpace().encode(action));
        batch.rewards[i] = step.reward();
        batch.terminated[i] = step.terminated();
        batch.truncated[i] = step.truncated();
        put(i, step.observation());
        if (step.isOver()) batch.finals[i] = step.observation();
    }

    /** Where all stand: episodes begun, and the actions of those that run. */
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        state.put("episodes", Tensor.of(episodes));
        int each = actionSpace().width();
        for (int i = 0; i < size(); i++) {
            var flat = new float[played.get(i).size() * each];
            int at = 0;
            for (float[] action : played.get(i)) System.arraycopy(action, 0, flat, each * at++, each);
            state.put("actions." + i, Tensor.of(flat, played.get(i).size(), each));
        }
        return state;
    }

    /** Goes on from a {@link #state}: plays the running episodes again up to where they were. */
    public void load(Map<String, Tensor> saved) {
        long[] begun = saved.get("episodes").toLongs();
        Expect.that(begun.length == size(), "VectorEnv.load", size() + " environments, as there are now", begun.length);
        int each = actionSpace().width();
        for (int i = 0; i < size(); i++) {
            episodes[i] = begun[i] - 1;
            float[] observation = begin(i);
            float[] flat = saved.get("actions." + i).toFloats();
            for (int at = 0; at < flat.length; at += each) {
                float[] action = Arrays.copyOfRange(flat, at, at + each);
                var step = envs.get(i).step(actionSpace().decode(action));
                played.get(i).add(action);
                returns[i] += step.reward();
                observation = step.observation();
            }
            put(i, observation);
        }
    }

    @Override public void close() {
        if (pool != null) pool.shutdown();
        envs.forEach(Env::close);
    }
}
