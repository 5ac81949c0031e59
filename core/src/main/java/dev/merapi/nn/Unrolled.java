package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@link Recurrent} and {@link Cell} written out step by step in {@link F#linear}, slower than the engine's kernels,
 * for those who look at {@linkplain Hooks#operations operations}. B batch, T steps, H hidden.
 */
final class Unrolled {
    private final String op;
    private final Map<String, ? extends Tensor> weights;
    private final RnnOptions options;
    private final boolean training;

    Unrolled(String op, Map<String, ? extends Tensor> weights, RnnOptions options, boolean training) {
        this.op = op;
        this.weights = weights;
        this.options = options;
        this.training = training;
    }

    /**
     * y, then the last of each kind of state.
     *
     * @param x as the layer's
     * @param lengths (B), or null
     * @param states each (layers · directions, B, H)
     */
    Tensor[] run(Tensor x, Tensor lengths, Tensor[] states) {
        Tensor y = options.timeMajor() ? x.transpose(0, 1) : x; // (B, T, in)
        var last = new ArrayList<List<Tensor>>();
        Arrays.stream(states).forEach(_ -> last.add(new ArrayList<>()));
        for (int layer = 0, at = 0; layer < options.layers(); layer++) {
            var sides = new ArrayList<Tensor>();
            for (String end : options.bidirectional() ? List.of("", "_reverse") : List.of("")) {
                int row = at++;
                var state = Arrays.stream(states).map(s -> s.select(0, row)).toArray(Tensor[]::new);
                sides.add(direction(y, lengths, state, "_l" + layer + end, !end.isEmpty()));
                for (int i = 0; i < state.length; i++) last.get(i).add(state[i]);
            }
            y = sides.size() == 1 ? sides.getFirst() : Tensor.cat(sides, -1);
            if (layer + 1 < options.layers()) y = F.dropout(y, options.dropout(), training);
        }
        var result = new ArrayList<>(List.of(options.timeMajor() ? y.transpose(0, 1) : y));
        last.forEach(all -> result.add(Tensor.stack(all, 0)));
        return result.toArray(Tensor[]::new);
    }

    /** All outputs (B, T, H) of one layer and direction; {@code state} becomes the last one. */
    private Tensor direction(Tensor x, Tensor lengths, Tensor[] state, String name, boolean backwards) {
        int steps = (int) x.size(1);
        // (B, T, gates · H)
        Tensor ofInput = F.linear(x, weights.get("weight_ih" + name), weights.get("bias_ih" + name));
        var y = new Tensor[steps];
        for (int i = 0; i < steps; i++) {
            int t = backwards ? steps - 1 - i : i;
            Tensor ofState = F.linear(state[0], weights.get("weight_hh" + name), weights.get("bias_hh" + name));
            var next = step(op, ofInput.select(1, t), ofState, state);
            if (lengths == null) {
                y[t] = next[0];
                System.arraycopy(next, 0, state, 0, state.length);
                continue;
            }
            Tensor running = lengths.to(x.device()).gt(t).unsqueeze(1); // (B, 1)
            y[t] = next[0].mul(running.to(x.dtype()));
            for (int s = 0; s < state.length; s++) state[s] = running.where(next[s], state[s]);
        }
        return Tensor.stack(List.of(y), 1);
    }

    /** The next states from what input and last state give to the gates, each (B, gates · H). */
    static Tensor[] step(String op, Tensor ofInput, Tensor ofState, Tensor... states) {
        if (op.startsWith("rnn_tanh")) return new Tensor[] {ofInput.add(ofState).tanh()};
        if (op.startsWith("rnn_relu")) return new Tensor[] {ofInput.add(ofState).relu()};
        if (op.startsWith("gru")) {
            var x = ofInput.chunk(3, -1);
            var h = ofState.chunk(3, -1);
            Tensor r = x.get(0).add(h.get(0)).sigmoid();
            Tensor z = x.get(1).add(h.get(1)).sigmoid();
            Tensor n = x.get(2).add(r.mul(h.get(2))).tanh();
            return new Tensor[] {n.add(z.mul(states[0].sub(n)))};
        }
        var gates = ofInput.add(ofState).chunk(4, -1); // i, f, g, o
        Tensor c = gates.get(1).sigmoid().mul(states[1]).add(gates.get(0).sigmoid().mul(gates.get(2).tanh()));
        return new Tensor[] {gates.get(3).sigmoid().mul(c.tanh()), c};
    }
}
