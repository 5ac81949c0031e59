package dev.merapi.compress.prune;

import dev.merapi.nn.Hook;
import dev.merapi.nn.Hooks;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Runs a model with NaN in some channels and looks where they arrive: NaN goes through whatever lies between two layers
 * of weights, be it an addition, a concatenation, a view or a head of attention, to just the channels that depend on
 * it. Layers of weights are made to stop it, so that each sees what comes from its neighbours.
 */
final class Tracing {
    /**
     * Which of a layer's input channels are NaN in which rows of the batch: {@code [row · channels + channel]}.
     *
     * @param channels of the input; for the model's result 1
     */
    record Seen(boolean[] marks, int channels) {
        boolean at(int row, int channel) { return marks[row * channels + channel]; }
    }

    private final Layer model;
    private final UnaryOperator<Tensor> forward;
    private final Tensor example; // (1, …)
    private final Map<Layer, ChannelLayer> layers; // those that can be made smaller

    Tracing(Layer model, UnaryOperator<Tensor> forward, Tensor example, Map<Layer, ChannelLayer> layers) {
        this.model = model;
        this.forward = forward;
        this.example = example;
        this.layers = layers;
    }

    /**
     * Puts NaN into a layer's output.
     *
     * @param mask (rows, channels): 1 where
     * @return by layer; null stands for the model's result
     */
    Map<ChannelLayer, Seen> from(ChannelLayer source, Tensor mask) {
        int rows = (int) mask.size(0);
        return run(rows, repeated(example, rows), call -> call.layer() == source.layer()
                ? poisoned(call.output(), call.inputs().getFirst(), source, mask) : null);
    }

    /** Puts NaN into the model's input; nothing where that holds numbers of things. */
    Map<ChannelLayer, Seen> fromInput() {
        return example.dtype().isFloating() ? run(1, example.mul(Double.NaN), _ -> null) : Map.of();
    }

    /** With what now is NaN in the model itself. */
    Map<ChannelLayer, Seen> asItIs() { return run(1, example, _ -> null); }

    private static Tensor repeated(Tensor x, long rows) {
        long[] times = new long[x.rank()];
        Arrays.fill(times, 1);
        times[0] = rows;
        return x.repeat(times);
    }

    private Map<ChannelLayer, Seen> run(int rows, Tensor x, Function<Hook.Call, Tensor> poison) {
        var seen = new LinkedHashMap<ChannelLayer, Seen>();
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.noGrad(); var _ = Torch.plainAttention();
                var _ = Hooks.around(model, call -> {
            var layer = layers.get(call.layer());
            if (layer == null) return call.output();
            Tensor clean = call.output();
            if (layer.role() != ChannelLayer.Role.LOOKS_UP) {
                Tensor in = call.inputs().getFirst();
                Tensor shown = layer.role() == ChannelLayer.Role.KEEPS && !layer.spreads() ? call.output() : in;
                seen.merge(layer, marks(shown, layer.axis(shown), rows), Tracing::either);
                clean = cleaned(layer, in, call.output());
            }
            Tensor bad = poison.apply(new Hook.Call(call.path(), call.type(), call.layer(), call.inputs(), clean));
            return bad == null ? clean : bad;
        })) {
            Tensor y = forward.apply(x);
            seen.put(null, marks(y.contiguous().view(rows, -1, 1), 2, rows));
        }
        return seen;
    }

    /** Weights stop NaN; a norm over channels would spread what is to stay in its channel. */
    private static Tensor cleaned(ChannelLayer layer, Tensor in, Tensor out) {
        if (layer.role() == ChannelLayer.Role.KEEPS && !layer.spreads()) return out;
        Tensor clean = out.nanToNum(0, 0, 0);
        return layer.spreads() ? in.isNan().where(in, clean) : clean;
    }

    private static Tensor poisoned(Tensor y, Tensor in, ChannelLayer source, Tensor mask) {
        Tensor batch = batched(y, in, source, mask.size(0));
        int axis = source.axis(batch);
        Tensor rows = mask.repeatInterleave(batch.size(0) / mask.size(0), 0); // positions may lie along the batch
        long[] shape = new long[batch.rank()];
        Arrays.fill(shape, 1);
        shape[0] = rows.size(0);
        shape[axis] = rows.size(1);
        return batch.maskedFill(rows.view(shape).ne(0), Double.NaN);
    }

    /** With a row for each of the batch, where a layer gives one for all, as of positions (T, C). */
    private static Tensor batched(Tensor y, Tensor in, ChannelLayer source, long rows) {
        if (source.role() == ChannelLayer.Role.LOOKS_UP && in.rank() == 1) return repeated(y.unsqueeze(0), rows);
        return y.size(0) == 1 ? repeated(y, rows) : y;
    }

    private static Seen marks(Tensor x, int axis, int rows) {
        Tensor last = x.isNan().movedim(axis, -1); // (rows · blocks, …, C)
        int channels = (int) last.size(-1);
        Tensor each = last.size(0) == 1 ? repeated(last, rows) : last;
        Tensor any = each.contiguous().view(rows, -1, channels).any(1, false);
        return new Seen(any.toBooleans(), channels);
    }

    private static Seen either(Seen a, Seen b) {
        var marks = a.marks.clone();
        for (int i = 0; i < marks.length; i++) marks[i] |= b.marks[i];
        return new Seen(marks, a.channels);
    }
}
