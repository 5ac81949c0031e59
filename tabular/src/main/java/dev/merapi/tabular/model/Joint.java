package dev.merapi.tabular.model;

import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Several optimizers as one, each of parameters of its own: they step together, after one backward pass. A schedule
 * moves all their rates by the factor by which it moves the first's.
 */
public final class Joint implements Optimizer {
    private final List<Optimizer> parts;
    private final double[] shares; // of the first's rate

    /** @throws IllegalArgumentException if a parameter's name is in two of them */
    public Joint(List<Optimizer> parts) {
        this.parts = List.copyOf(parts);
        shares = parts.stream().mapToDouble(part -> part.learningRate() / parts.getFirst().learningRate()).toArray();
        int all = parts.stream().mapToInt(part -> part.params().size()).sum();
        if (all > params().size()) {
            throw new IllegalArgumentException("Joint: expected optimizers of different parameters. Received "
                    + parts.stream().map(part -> part.params().keySet()).toList());
        }
    }

    @Override public Map<String, Param> params() {
        var all = new LinkedHashMap<String, Param>();
        parts.forEach(part -> all.putAll(part.params()));
        return all;
    }

    @Override public void step() { parts.forEach(Optimizer::step); }

    @Override public double learningRate() { return parts.getFirst().learningRate(); }

    @Override public void learningRate(double rate) {
        for (int i = 0; i < shares.length; i++) parts.get(i).learningRate(rate * shares[i]);
    }

    @Override public Map<String, Tensor> state() {
        var all = new LinkedHashMap<String, Tensor>();
        parts.forEach(part -> all.putAll(part.state())); // under the parameters' names
        return all;
    }

    @Override public void load(Map<String, Tensor> saved) {
        for (var part : parts) {
            var own = new LinkedHashMap<>(saved);
            own.keySet().removeIf(key -> part.params().keySet().stream().noneMatch(name -> key.startsWith(name + ".")));
            part.load(own);
        }
    }

    @Override public void close() { parts.forEach(Optimizer::close); }
}
