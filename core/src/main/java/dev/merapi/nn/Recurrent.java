package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A net that reads a sequence step by step. Parameters are named as torch's: {@code weight_ih_l0}, {@code
 * weight_hh_l0_reverse}, …
 *
 * <p>B batch, T steps, D directions. Shapes: x (B, T, in) to y (B, T, D · hidden); states (layers · D, B,
 * hidden), zeros where null is given. With {@code lengths} (B) int64, at least 1, a sequence ends there: y is
 * 0 beyond, and its last state is the one at its own end.
 */
public abstract sealed class Recurrent extends Layer permits Rnn, Lstm, Gru {
    /**
     * All outputs and the last state of each layer and direction.
     *
     * @param y of the last layer, (B, T, D · hidden)
     * @param h (layers · D, B, hidden)
     */
    public record Output(Tensor y, Tensor h) {}

    @Name("") final Map<String, Param> weights = new LinkedHashMap<>();
    private final int in;
    private final int hidden;
    private final RnnOptions options;

    Recurrent(int in, int hidden, int gates, RnnOptions options) {
        this.in = in;
        this.hidden = hidden;
        this.options = options;
        var init = Init.uniform(-1 / Math.sqrt(hidden), 1 / Math.sqrt(hidden)); // as torch.nn.LSTM
        long rows = (long) gates * hidden;
        for (int layer = 0; layer < options.layers(); layer++) {
            long width = layer == 0 ? in : (long) hidden * directions();
            for (String end : options.bidirectional() ? List.of("", "_reverse") : List.of("")) {
                weights.put("weight_ih_l" + layer + end, param(init, rows, width));
                weights.put("weight_hh_l" + layer + end, param(init, rows, hidden));
                if (!options.bias()) continue;
                weights.put("bias_ih_l" + layer + end, param(init, rows));
                weights.put("bias_hh_l" + layer + end, param(init, rows));
            }
        }
    }

    private int directions() { return options.bidirectional() ? 2 : 1; }

    /** y, then the last of each of the initial states, which may be null. */
    final Tensor[] run(String op, Tensor x, Tensor lengths, Tensor... states) {
        if (x.rank() != 3) {
            String axes = options.timeMajor() ? "(T, B, in)" : "(B, T, in)";
            throw Inputs.wrong(this, "x of shape " + axes, x, ".");
        }
        Inputs.last(this, x, in);
        long batch = x.size(options.timeMajor() ? 1 : 0);
        var initial = new Tensor[states.length];
        for (int i = 0; i < states.length; i++) {
            initial[i] = states[i] != null ? state(states[i], batch) : zeros(x, batch);
        }
        if (Watches.seesOperations()) return unrolled(op, x, lengths, initial);
        var result = lengths == null || OnMeta.is(lengths) ? whole(op, x, initial) : upTo(lengths, op, x, initial);
        if (Hooks.isOn()) result[0] = watched(x, result[0]);
        return result;
    }

    private Tensor[] unrolled(String op, Tensor x, Tensor lengths, Tensor[] states) {
        int time = options.timeMajor() ? 0 : 1;
        if (lengths != null) checkLengths(lengths, x.size(1 - time), x.size(time));
        var result = new Unrolled(op, weights, options, isTraining()).run(x, lengths, states);
        result[0] = hooked(result[0], x);
        return result;
    }

    private Tensor zeros(Tensor x, long batch) { return x.newZeros(stateShape(batch)); }

    private long[] stateShape(long batch) {
        return new long[] {(long) options.layers() * directions(), batch, hidden};
    }

    /** The engine would take a state of one row for all. */
    private Tensor state(Tensor given, long batch) {
        if (Arrays.equals(given.shape(), stateShape(batch))) return given;
        throw new IllegalArgumentException(path() + ": expected states (layers · directions, B, hidden) of shape "
                + Shapes.toString(stateShape(batch)) + ". Received " + Shapes.toString(given.shape()) + ".");
    }

    private Tensor[] whole(String op, Tensor x, Tensor[] states) {
        var arguments = arguments(x, states);
        arguments.add(!options.timeMajor());
        return Tensor.callAll(op, "input", arguments.toArray());
    }

    /** Packs the sequences by steps, longest first, so that a step computes only those that are not over. */
    private Tensor[] upTo(Tensor lengths, String op, Tensor x, Tensor[] states) {
        boolean batchFirst = !options.timeMajor();
        long steps = x.size(batchFirst ? 1 : 0);
        checkLengths(lengths, x.size(batchFirst ? 0 : 1), steps);
        var sorted = lengths.to(DType.INT64).to(Device.CPU).sort(0, true);
        Tensor order = sorted.indices().to(x.device());
        Tensor back = order.argsort(0, false);
        var packed = Tensor.callAll("_pack_padded_sequence", "", x.indexSelect(batchFirst ? 0 : 1, order),
                sorted.values(), batchFirst);
        var inOrder = Arrays.stream(states).map(s -> s.indexSelect(1, order)).toArray(Tensor[]::new);
        var arguments = arguments(packed[0], inOrder);
        arguments.add(1, packed[1]);
        var result = Tensor.callAll(op, "data", arguments.toArray());
        Tensor y = Tensor.callAll("_pad_packed_sequence", "", result[0], packed[1], batchFirst, 0.0, steps)[0];
        result[0] = y.indexSelect(batchFirst ? 0 : 1, back);
        for (int i = 1; i < result.length; i++) result[i] = result[i].indexSelect(1, back);
        return result;
    }

    private void checkLengths(Tensor lengths, long batch, long steps) {
        boolean ok = lengths.rank() == 1 && lengths.size(0) == batch && lengths.dtype().isInteger();
        if (ok) ok = Arrays.stream(lengths.toLongs()).allMatch(length -> length >= 1 && length <= steps);
        Expect.that(ok, path(), "lengths (B) from 1 to " + steps + " for a batch of " + batch, lengths);
    }

    private List<Object> arguments(Tensor x, Tensor[] states) {
        return new ArrayList<>(List.of(x, states.length == 1 ? states[0] : states,
                weights.values().toArray(Tensor[]::new), options.bias(), options.layers(), options.dropout(),
                isTraining(), options.bidirectional()));
    }

    private Tensor watched(Tensor x, Tensor y) {
        long matrices = weights.values().stream().filter(w -> w.rank() == 2).mapToLong(Tensor::numel).sum();
        return hooked(Watches.product(weights.get("weight_ih_l0"), y, x.size(0) * x.size(1) * matrices), x);
    }
}
