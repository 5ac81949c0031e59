package dev.merapi.play.agent;

import dev.merapi.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Map;

/**
 * Makes transitions over n steps of those over one: r + γ r′ + … and γⁿ of what follows (Sutton 1988). Where an episode
 * ends, those that are under way end there.
 */
final class NStep {
    private final int n;
    private final double gamma;
    private final String name;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();

    private record Pending(float[] seen, float[] action, double reward) {}

    /** Takes in whole transitions. */
    interface Sink {
        void add(float[] seen, float[] action, double reward, float[] next, double discount);
    }

    /** @param environment whose steps these are */
    NStep(int n, double gamma, int environment) {
        this.n = n;
        this.gamma = gamma;
        name = "pending." + environment;
    }

    void add(float[] seen, float[] action, double reward, float[] next, boolean terminated, boolean over, Sink sink) {
        pending.add(new Pending(seen, action, reward));
        if (pending.size() == n) flush(next, terminated, sink);
        while (over && !pending.isEmpty()) flush(next, terminated, sink);
    }

    private void flush(float[] next, boolean terminated, Sink sink) {
        double sum = 0, factor = 1;
        for (var one : pending) {
            sum += factor * one.reward;
            factor *= gamma;
        }
        var first = pending.removeFirst();
        sink.add(first.seen, first.action, sum, next, terminated ? 0 : factor);
    }

    void remember(Map<String, Tensor> state) {
        if (pending.isEmpty()) return;
        int width = pending.getFirst().seen.length, acts = pending.getFirst().action.length;
        var rows = new double[pending.size() * (width + acts + 1)];
        int at = 0;
        for (var one : pending) {
            for (float x : one.seen) rows[at++] = x;
            for (float x : one.action) rows[at++] = x;
            rows[at++] = one.reward;
        }
        state.put(name, Tensor.of(rows, pending.size(), width + acts + 1));
    }

    void recall(Map<String, Tensor> saved, int width) {
        pending.clear();
        var tensor = saved.get(name);
        if (tensor == null) return;
        double[] rows = tensor.toDoubles();
        int each = (int) tensor.size(1);
        for (int from = 0; from < rows.length; from += each) {
            pending.add(new Pending(floats(rows, from, width), floats(rows, from + width, each - 1 - width),
                    rows[from + each - 1]));
        }
    }

    private static float[] floats(double[] values, int from, int count) {
        var some = new float[count];
        for (int i = 0; i < count; i++) some[i] = (float) values[from + i];
        return some;
    }
}
