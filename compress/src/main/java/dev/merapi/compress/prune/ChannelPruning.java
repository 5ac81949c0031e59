package dev.merapi.compress.prune;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Summary;
import dev.merapi.tensor.Expect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Takes whole channels away, with all that depends on them: "structured" pruning. What is left is a model of smaller
 * layers, which is faster on any machine.
 *
 * <pre>{@code
 * var pruning = ChannelPruning.of(model, graph, Importance.MAGNITUDE).round(8);
 * IO.println(pruning.toward(summary, 0.5).size() + " groups went");      // for half the multiply-adds
 * }</pre>
 */
public final class ChannelPruning {
    private static final int STEPS = 20; // of halving

    private final Layer model;
    private final DependencyGraph graph;
    private final List<ChannelGroup> groups;
    private final List<Double> importance;
    private final int round;
    private final double least;
    private final boolean global;

    private ChannelPruning(Layer model, DependencyGraph graph, List<ChannelGroup> groups, List<Double> importance,
            int round, double least, boolean global) {
        this.model = model;
        this.graph = graph;
        this.groups = groups;
        this.importance = importance;
        this.round = round;
        this.least = least;
        this.global = global;
    }

    /**
     * Of each family of channels, such as those between two convolutions, the same part goes; at least a tenth stays.
     */
    public static ChannelPruning of(Layer model, DependencyGraph graph, Importance importance) {
        return new ChannelPruning(model, graph, graph.groups(), importance.of(graph.groups(), graph.layers()), 1, 0.1,
                false);
    }

    /** The same, where what stays of each family is a multiple of this, as kernels like it. */
    public ChannelPruning round(int multiple) {
        Expect.atLeast("ChannelPruning.round", 1, multiple);
        return new ChannelPruning(model, graph, groups, importance, multiple, least, global);
    }

    /** The same, where at least this part of each family stays. */
    public ChannelPruning least(double part) {
        Expect.probability("ChannelPruning.least", part);
        return new ChannelPruning(model, graph, groups, importance, round, part, global);
    }

    /** The same, where the least important of all families go, each compared with the mean of its own. */
    public ChannelPruning global(boolean on) {
        return new ChannelPruning(model, graph, groups, importance, round, least, on);
    }

    /** The same, where a group stays unless all layers that lose output channels with it are among these. */
    public ChannelPruning only(Predicate<String> layers) {
        var chosen = IntStream.range(0, groups.size())
                .filter(i -> groups.get(i).outputs().keySet().stream().allMatch(layers)).boxed().toList();
        Expect.that(!chosen.isEmpty(), "ChannelPruning.only", "layers whose channels may go, such as "
                + groups.getFirst().outputs().keySet(), "none of a chosen name");
        return new ChannelPruning(model, graph, chosen.stream().map(groups::get).toList(),
                chosen.stream().map(importance::get).toList(), round, least, global);
    }

    /**
     * Takes away what leaves about a part of the multiply-adds.
     *
     * @param summary of the model as it is
     * @param part of its multiply-adds that is to be left
     * @return the groups of channels that went
     * @throws IllegalArgumentException if even the most that may go leaves more
     */
    public List<ChannelGroup> toward(Summary summary, double part) {
        Expect.that(part > 0 && part <= 1, "ChannelPruning.toward", "a part of the multiply-adds above 0, to 1", part);
        double low = 0, high = 1;
        double most = left(summary, plan(1));
        Expect.that(most <= part, "ChannelPruning.toward", "a part of the multiply-adds that may be left, at least "
                + String.format("%.3f", most), part);
        for (int i = 0; i < STEPS; i++) {
            double middle = (low + high) / 2;
            if (left(summary, plan(middle)) > part) low = middle;
            else high = middle;
        }
        return apply(plan(high));
    }

    /**
     * Takes a part of the channels of each family away, or of all together.
     *
     * @return the groups of channels that went
     * @throws IllegalArgumentException unless the part is from 0 to below 1: something must stay
     */
    public List<ChannelGroup> prune(double part) {
        Expect.that(part >= 0 && part < 1, "ChannelPruning.prune", "a part of the channels from 0 to below 1, for at 1"
                + " nothing is left", part);
        return apply(plan(part));
    }

    /** The groups that go. */
    private Set<Integer> plan(double part) {
        var families = new LinkedHashMap<String, List<Integer>>();
        for (int i = 0; i < groups.size(); i++) {
            families.computeIfAbsent(groups.get(i).family(), _ -> new ArrayList<>()).add(i);
        }
        double[] scores = importance.stream().mapToDouble(Double::doubleValue).toArray();
        for (var family : families.values()) {
            double mean = family.stream().mapToDouble(importance::get).average().orElse(1);
            for (int i : family) scores[i] /= Math.max(mean, 1e-30);
            family.sort(Comparator.comparingDouble(i -> scores[i]));
        }
        double[] sorted = importance.isEmpty() ? new double[0] : Arrays.stream(scores).sorted().toArray();
        int limit = (int) Math.round(part * sorted.length);
        double threshold = limit == sorted.length ? Double.POSITIVE_INFINITY : sorted[limit];
        var gone = new TreeSet<Integer>();
        for (var family : families.values()) {
            int count = global ? (int) family.stream().filter(i -> scores[i] < threshold).count()
                    : (int) Math.round(part * family.size());
            int wide = groups.get(family.getFirst()).outputs().values().stream().mapToInt(List::size).max().orElse(1);
            gone.addAll(family.subList(0, family.size() - stay(family.size(), family.size() - count, wide)));
        }
        return gone;
    }

    /**
     * How many of a family stay, when so many are to.
     *
     * @param wide channels of each, such as a head's
     */
    private int stay(int of, int wanted, int wide) {
        int enough = Math.max(1, Math.max(wanted, (int) Math.ceil(least * of)));
        int multiple = Math.max(1, round / wide);
        return Math.min(of, Math.ceilDiv(enough, multiple) * multiple);
    }

    private record Kept(int[] in, int[] out) { }

    private Map<String, Kept> kept(Set<Integer> gone) {
        var in = new LinkedHashMap<String, Set<Integer>>();
        var out = new LinkedHashMap<String, Set<Integer>>();
        for (int i : gone) {
            groups.get(i).inputs().forEach((path, c) -> in.computeIfAbsent(path, _ -> new TreeSet<>()).addAll(c));
            groups.get(i).outputs().forEach((path, c) -> out.computeIfAbsent(path, _ -> new TreeSet<>()).addAll(c));
        }
        var kept = new LinkedHashMap<String, Kept>();
        graph.layers().forEach((path, layer) -> {
            if (!in.containsKey(path) && !out.containsKey(path)) return;
            int[] outs = others(layer.out(), out.getOrDefault(path, Set.of()));
            int[] ins = layer.role() == ChannelLayer.Role.KEEPS ? outs
                    : others(layer.in(), in.getOrDefault(path, Set.of()));
            kept.put(path, new Kept(ins, outs));
        });
        return kept;
    }

    private static int[] others(int count, Set<Integer> gone) {
        return IntStream.range(0, count).filter(c -> !gone.contains(c)).toArray();
    }

    /** The part of the multiply-adds that is left. */
    private double left(Summary summary, Set<Integer> gone) {
        var kept = kept(gone);
        double left = 0;
        for (var row : summary.rows()) {
            double part = 1;
            if (kept.containsKey(row.path())) {
                var layer = graph.layers().get(row.path());
                var now = kept.get(row.path());
                part = (double) now.out.length / layer.out();
                if (layer.role() == ChannelLayer.Role.MIXES) part *= (double) now.in.length / layer.in();
            }
            left += part * row.multiplyAdds();
        }
        return left / summary.multiplyAdds();
    }

    private List<ChannelGroup> apply(Set<Integer> gone) {
        var kept = kept(gone);
        var layers = graph.layers();
        model.replaceAndFree((path, layer) -> {
            var now = kept.get(path);
            return now == null ? layer : Resizing.of(layers.get(path), now.in, now.out);
        });
        return gone.stream().map(groups::get).toList();
    }
}
