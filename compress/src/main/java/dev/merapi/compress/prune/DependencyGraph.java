package dev.merapi.compress.prune;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Which channels of a model depend on each other, so that taking one away takes others with it: as in DepGraph (Fang et
 * al. 2023, arXiv:2301.12900), but found by running the model and not by reading its operators, so that models of any
 * form will do. Channels of the input and the result, and those that meet layers or parameters of unknown kinds, stay.
 *
 * <pre>{@code
 * var graph = DependencyGraph.of(model, model::forward, example);
 * IO.println(graph.groups().size() + " groups of channels may go");
 * }</pre>
 */
public final class DependencyGraph {
    private static final int MOST_ROWS = 256; // of a batch

    private final Map<Layer, ChannelLayer> layers = new IdentityHashMap<>();
    private final Map<ChannelLayer, Integer> firstOutput = new LinkedHashMap<>(); // numbers of slots, by layer
    private final Map<ChannelLayer, Integer> firstInput = new LinkedHashMap<>();
    private final DisjointSets sets;
    private final boolean[] fixed; // by slot: it stays
    private final Map<Integer, int[]> origins = new TreeMap<>(); // of an input slot: a source's number and its channel
    private final List<ChannelLayer> sources = new ArrayList<>();
    private final Tracing tracing;
    private final List<ChannelGroup> groups;

    private DependencyGraph(Layer model, UnaryOperator<Tensor> forward, Tensor example) {
        int slots = 0;
        var all = new ArrayList<ChannelLayer>();
        for (var entry : model.layers().entrySet()) {
            var layer = ChannelLayer.of(entry.getKey(), entry.getValue());
            if (layer == null || layers.putIfAbsent(entry.getValue(), layer) != null) continue;
            all.add(layer);
            firstOutput.put(layer, slots);
            slots += layer.out();
            firstInput.put(layer, layer.role() == ChannelLayer.Role.KEEPS ? slots - layer.out() : slots);
            if (layer.role() != ChannelLayer.Role.KEEPS) slots += layer.in();
        }
        sets = new DisjointSets(slots);
        fixed = new boolean[slots];
        tracing = new Tracing(model, forward, example, layers);
        all.stream().filter(layer -> layer.role() == ChannelLayer.Role.GROUPS).forEach(this::joinGroups);
        all.stream().filter(ChannelLayer::makesChannels).forEach(sources::add);
        for (int i = 0; i < sources.size(); i++) follow(sources.get(i), i);
        fix(tracing.fromInput());
        fixUnknown(model);
        fixShared(model);
        groups = collect(all);
    }

    /**
     * Finds the groups of a model's channels.
     *
     * @param forward runs the model on inputs (N, …), each row by itself
     * @param example one input (1, …)
     * @throws IllegalArgumentException if there is no group that may go
     */
    public static DependencyGraph of(Layer model, UnaryOperator<Tensor> forward, Tensor example) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            var graph = new DependencyGraph(model, forward, example);
            Expect.that(!graph.groups.isEmpty(), "DependencyGraph", "a model with channels between two layers of"
                    + " weights", "a " + model.getClass().getSimpleName() + " where all must stay");
            return graph;
        }
    }

    /** The groups that may go, one by one. */
    public List<ChannelGroup> groups() { return groups; }

    /** The layers that channels may be taken from, by name. */
    Map<String, ChannelLayer> layers() {
        var byPath = new LinkedHashMap<String, ChannelLayer>();
        firstOutput.keySet().forEach(layer -> byPath.put(layer.path(), layer));
        return byPath;
    }

    /** Whole groups of a convolution go, and what they make with them. */
    private void joinGroups(ChannelLayer conv) {
        int in = conv.in() / conv.groups(), out = conv.out() / conv.groups();
        for (int g = 0; g < conv.groups(); g++) {
            int first = firstOutput.get(conv) + g * out;
            for (int i = 1; i < out; i++) sets.join(first, first + i);
            for (int i = 0; i < in; i++) sets.join(first, firstInput.get(conv) + g * in + i);
        }
    }

    /**
     * Finds where a layer's channels arrive. A row of the batch marks the channels whose number has a 1, or has a 0, in
     * a binary place: together they tell the number of the one that arrives at a place. Where several do, such as the
     * queries of a head, each channel is followed by itself.
     */
    private void follow(ChannelLayer source, int number) {
        int channels = source.out(), bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(channels - 1));
        var codes = new float[2 * bits * channels];
        for (int bit = 0; bit < bits; bit++) {
            for (int c = 0; c < channels; c++) codes[(2 * bit + 1 - (c >> bit & 1)) * channels + c] = 1;
        }
        try (var _ = Scope.open()) {
            var seen = tracing.from(source, Tensor.of(codes, 2 * bits, channels));
            if (seen.entrySet().stream().allMatch(e -> e.getKey() == null || join(source, number, e.getKey(),
                    e.getValue(), bits))) {
                fixResult(source, seen.get(null), bits);
                return;
            }
        }
        for (int from = 0; from < channels; from += MOST_ROWS) {
            int rows = Math.min(MOST_ROWS, channels - from), begin = from;
            try (var _ = Scope.open()) {
                Tensor each = Tensor.eye(channels).narrow(0, from, rows);
                tracing.from(source, each).forEach((layer, s) -> joinRows(source, begin, rows, layer, s));
            }
        }
    }

    /** @return false if several channels arrive at one */
    private boolean join(ChannelLayer source, int number, ChannelLayer layer, Tracing.Seen seen, int bits) {
        for (int j = 0; j < seen.channels(); j++) {
            int c = 0;
            boolean any = false;
            for (int bit = 0; bit < bits; bit++) {
                boolean one = seen.at(2 * bit, j), zero = seen.at(2 * bit + 1, j);
                if (one && zero) return false;
                any |= one || zero;
                if (one) c |= 1 << bit;
            }
            if (!any) continue;
            int slot = firstInput.get(layer) + j;
            sets.join(firstOutput.get(source) + c, slot);
            var before = origins.putIfAbsent(slot, new int[] {number, c});
            // added to a channel of another number, as where zeros are laid around channels: none may change its place
            if (before != null && before[0] != number && before[1] != c) {
                fixAll(source);
                fixAll(sources.get(before[0]));
            }
        }
        return true;
    }

    private void fixAll(ChannelLayer source) {
        Arrays.fill(fixed, firstOutput.get(source), firstOutput.get(source) + source.out(), true);
    }

    private void joinRows(ChannelLayer source, int from, int rows, ChannelLayer layer, Tracing.Seen seen) {
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < seen.channels(); j++) {
                if (!seen.at(row, j)) continue;
                int slot = firstOutput.get(source) + from + row;
                if (layer == null) fixed[slot] = true;
                else sets.join(slot, firstInput.get(layer) + j);
            }
        }
    }

    /** Channels of the result stay: those of whose number all places may be so. */
    private void fixResult(ChannelLayer source, Tracing.Seen seen, int bits) {
        for (int c = 0; c < source.out(); c++) {
            boolean there = true;
            for (int bit = 0; bit < bits; bit++) there &= seen.at(2 * bit + 1 - (c >> bit & 1), 0);
            if (there) fixed[firstOutput.get(source) + c] = true;
        }
    }

    private void fix(Map<ChannelLayer, Tracing.Seen> seen) {
        seen.forEach((layer, s) -> {
            for (int j = 0; layer != null && j < s.channels(); j++) {
                if (s.at(0, j)) fixed[firstInput.get(layer) + j] = true;
            }
        });
    }

    /** What meets a parameter of a layer that cannot be made smaller keeps its size. */
    private void fixUnknown(Layer model) {
        Set<Tensor> known = Collections.newSetFromMap(new IdentityHashMap<>());
        layers.keySet().forEach(layer -> known.addAll(layer.tensors().values()));
        for (Param param : model.params().values()) {
            if (known.contains(param)) continue;
            Tensor values = param.copy();
            param.detach().fill_(Double.NaN);
            try {
                fix(tracing.asItIs());
            } finally {
                param.detach().copy_(values);
            }
        }
    }

    /** Parameters that two layers hold, such as an embedding's that is the last layer too, stay. */
    private void fixShared(Layer model) {
        var owner = new IdentityHashMap<Tensor, ChannelLayer>();
        firstOutput.keySet().forEach(layer -> layer.layer().tensors().values().forEach(tensor -> {
            var other = owner.putIfAbsent(tensor, layer);
            if (other == null) return;
            for (var one : List.of(layer, other)) {
                Arrays.fill(fixed, firstOutput.get(one), firstOutput.get(one) + one.out(), true);
                Arrays.fill(fixed, firstInput.get(one), firstInput.get(one) + one.in(), true);
            }
        }));
    }

    private List<ChannelGroup> collect(List<ChannelLayer> all) {
        var stays = new HashSet<Integer>();
        for (int slot = 0; slot < fixed.length; slot++) if (fixed[slot]) stays.add(sets.find(slot));
        var made = new LinkedHashMap<Integer, ChannelGroup>();
        for (var layer : all) {
            boolean keeps = layer.role() == ChannelLayer.Role.KEEPS;
            for (int c = 0; c < layer.out(); c++) put(made, stays, firstOutput.get(layer) + c, layer, c, true);
            for (int c = 0; !keeps && c < layer.in(); c++) put(made, stays, firstInput.get(layer) + c, layer, c, false);
        }
        made.values().removeIf(group -> group.inputs().isEmpty() || group.outputs().keySet().stream()
                .noneMatch(path -> layers().get(path).makesChannels()));
        return List.copyOf(made.values());
    }

    private void put(Map<Integer, ChannelGroup> made, Set<Integer> stays, int slot, ChannelLayer layer, int channel,
            boolean output) {
        int set = sets.find(slot);
        if (stays.contains(set)) return;
        var group = made.computeIfAbsent(set, _ -> new ChannelGroup(new TreeMap<>(), new TreeMap<>()));
        (output ? group.outputs() : group.inputs()).computeIfAbsent(layer.path(), _ -> new ArrayList<>()).add(channel);
    }
}
