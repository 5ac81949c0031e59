package dev.merapi.train;

import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;

/** The optimizers of one fit by name; that of {@link Trainer#optimizer(Function)} has the name {@link #MAIN}. */
final class Optimizers implements AutoCloseable {
    static final String MAIN = "";

    private final Map<String, Optimizer> all = new LinkedHashMap<>();
    private final Map<String, Double> rates = new LinkedHashMap<>(); // before any schedule

    Optimizers(Trainer<?> trainer) {
        Setup.expectOptimizer(trainer);
        trainer.optimizers.forEach((name, make) -> all.put(name, make.apply(trainer.task.model())));
        all.forEach((name, optimizer) -> rates.put(name, optimizer.learningRate()));
    }

    Map<String, Optimizer> all() { return all; }

    /** That of the first, which listeners hear. */
    double learningRate() { return all.values().iterator().next().learningRate(); }

    /** Sets the rates of the next step, each by the one that its optimizer was made with. */
    void learningRate(DoubleUnaryOperator rate) {
        all.forEach((name, optimizer) -> optimizer.learningRate(rate.applyAsDouble(rates.get(name))));
    }

    /** Whether the other ranks have parts of the state. */
    boolean arePart() { return all.values().stream().anyMatch(Optimizer::isPart); }

    void zeroGrad() { all.values().forEach(Optimizer::zeroGrad); }

    Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        all.forEach((name, optimizer) ->
                optimizer.state().forEach((key, tensor) -> state.put(prefix(name) + key, tensor)));
        return state;
    }

    /** @param part what was saved under a prefix */
    void load(Function<String, Map<String, Tensor>> part) {
        all.forEach((name, optimizer) -> optimizer.load(part.apply(prefix(name))));
    }

    private static String prefix(String name) { return name.equals(MAIN) ? "optimizer." : "optimizers." + name + "."; }

    @Override public void close() { all.values().forEach(Optimizer::close); }
}
