package dev.merapi.parallel;

import dev.merapi.data.BatchSource;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Strategy;
import java.util.ArrayList;
import java.util.List;

/**
 * Ranks that train for some steps each by itself and then meet: the mean of what their weights have moved is taken as a
 * gradient, and an outer optimizer, with Nesterov's momentum, moves the common weights by it. Little travels, so that
 * slow networks do: weights once in so many steps, not gradients in each.
 *
 * <pre>{@code
 * try (var group = ProcessGroup.join(Rendezvous.ofEnvironment());
 *         var local = LocalUpdates.of(group, LocalUpdates.Options.DILOCO)) {
 *     trainer.optimizer(m -> new AdamW(m, 1e-3)).strategy(local).fit(train, test);
 * }
 * }</pre>
 *
 * With an outer rate of 1 and no momentum the ranks take the mean of their weights: local SGD (Stich 2019). With those
 * of {@link Options#DILOCO} it is DiLoCo (Douillard et al. 2023). They also meet before the model is evaluated or
 * saved. The outer momentum is not part of a checkpoint. Batch norms look at their own rank's batches alone, and their
 * running statistics are averaged as the weights are.
 */
public final class LocalUpdates implements Strategy, AutoCloseable {
    /**
     * @param every steps between two meetings
     * @param outerRate learning rate of the outer optimizer
     * @param outerMomentum its momentum, in [0, 1)
     * @param compression how movements travel
     */
    public record Options(int every, double outerRate, double outerMomentum, Compression compression) {
        /** The mean of the weights, after each 10 steps. */
        public static final Options LOCAL_SGD = new Options(10, 1, 0);

        /** The rate and momentum of the paper, after each 100 steps. */
        public static final Options DILOCO = new Options(100, 0.7, 0.9);

        public Options {
            if (every < 1 || !(outerRate > 0) || !(outerMomentum >= 0 && outerMomentum < 1)) {
                throw new IllegalArgumentException("LocalUpdates: expected at least 1 step between meetings, a rate"
                        + " above 0 and a momentum from 0 to below 1. Received " + every + ", " + outerRate + " and "
                        + outerMomentum);
            }
        }

        /** Movements travel as they are. */
        public Options(int every, double outerRate, double outerMomentum) {
            this(every, outerRate, outerMomentum, Compression.none());
        }

        /** The same with so many steps between two meetings, from 1. */
        public Options every(int steps) { return new Options(steps, outerRate, outerMomentum, compression); }

        /** The same with movements that travel in another way. */
        public Options compression(Compression how) { return new Options(every, outerRate, outerMomentum, how); }
    }

    private final ProcessGroup group;
    private final DataParallel parallel; // for all but gradients
    private final Options options;
    private Tensor common; // the weights of the last meeting, flat; null: before the first step
    private Tensor momentum; // of the outer optimizer
    private Tensor moved; // by this rank, and behind it a mark for each parameter, as in a bucket of gradients
    private List<Tensor> movedParts; // of each parameter
    private Compression.Wire wire; // of what has moved
    private List<Param> params;
    private int steps; // since the last meeting

    private LocalUpdates(ProcessGroup group, Options options) {
        this.group = group;
        this.options = options;
        parallel = DataParallel.of(group, DataParallel.Options.DEFAULT.synchronizeNorms(false));
    }

    /** @param group stays open when this is closed */
    public static LocalUpdates of(ProcessGroup group, Options options) { return new LocalUpdates(group, options); }

    @Override public int rank() { return group.rank(); }

    @Override public int world() { return group.world(); }

    @Override public <B> BatchSource<B> prepare(BatchSource<B> train) { return parallel.prepare(train); }

    @Override public void prepare(Layer model) {
        close();
        parallel.prepare(model);
        params = model.params().values().stream().filter(Param::isTrainable).toList();
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            common = weights().owned();
            momentum = common.zerosLike().owned();
            moved = Tensor.zeros(common.dtype(), common.numel() + params.size()).to(common.device()).owned();
            movedParts = partsOf(moved).stream().map(Tensor::owned).toList();
            wire = options.compression().wire(group, moved, movedParts);
        }
    }

    /** The parts of a flat tensor, in the shapes of the parameters. */
    private List<Tensor> partsOf(Tensor flat) {
        var parts = new ArrayList<Tensor>();
        long at = 0;
        for (Param param : params) {
            parts.add(flat.narrow(0, at, param.numel()).view(param.shape()));
            at += param.numel();
        }
        return parts;
    }

    private Tensor weights() { return Tensor.cat(params.stream().map(p -> p.detach().flatten()).toList(), 0); }

    /** Each rank's own: gradients stay there. */
    @Override public double weight(double own) { return own == 0 ? 1 : own; }

    @Override public void updated(Layer model) { if (++steps == options.every()) meet(); }

    @Override public void settle(Layer model) {
        if (steps > 0) meet();
        parallel.settle(model);
    }

    /** θ ← θ − η (Δ + μ v) with v ← μ v + Δ, where Δ is the mean of θ − θᵣ over the ranks r. */
    private void meet() {
        steps = 0;
        try (var _ = Torch.noGrad(); var _ = Scope.open()) {
            Tensor own = moved.narrow(0, 0, common.numel());
            own.copy_(common.sub(weights()));
            wire.begin();
            wire.finish();
            own.div_(world());
            momentum.mul_(options.outerMomentum()).add_(own);
            common.sub_(own.add(momentum.mul(options.outerMomentum())).mul(options.outerRate()));
            var parts = partsOf(common);
            for (int i = 0; i < params.size(); i++) params.get(i).copy_(parts.get(i));
        }
    }

    @Override public double sum(double value) { return parallel.sum(value); }

    @Override public double max(double value) { return parallel.max(value); }

    @Override public List<String> gather(String text) { return parallel.gather(text); }

    @Override public void fail() { parallel.fail(); }

    /** Forgets the model; the group stays open. */
    @Override public void close() {
        parallel.close();
        if (common == null) return;
        wire.close();
        movedParts.forEach(Tensor::close);
        moved.close();
        common.close();
        momentum.close();
        common = null;
        steps = 0;
    }
}
