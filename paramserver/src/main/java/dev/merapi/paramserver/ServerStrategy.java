package dev.merapi.paramserver;

import dev.merapi.data.BatchSource;
import dev.merapi.nn.Layer;
import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Strategy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Trains a model whose embeddings, or all of whose weights, are on servers.
 *
 * <pre>{@code
 * trainer.strategy(ServerStrategy.asynchronous().pace(grid.pace("run", worker, 4, 2)).dense(weights)).fit(train);
 * }</pre>
 *
 * Synchronous workers are ranks of a group: their rows' gradients are added up and pushed once for each id, and nobody
 * pulls before all have pushed, so that they learn what one process would from the joint batch. Asynchronous workers
 * each push what they have learnt from their own batches; a {@link Pace} keeps them within some steps of one another.
 * Gradients of rows are not clipped.
 */
public final class ServerStrategy implements Strategy, AutoCloseable {
    private final Strategy inner;
    private final ProcessGroup group; // null: asynchronous
    private final Pace pace; // or null
    private final EmbeddingTable dense; // where the model's own parameters are; null: they are the optimizer's
    private List<ServerEmbedding> embeddings = List.of();
    private List<Param> params = List.of(); // on servers
    private List<ServerEmbedding.Gradients> rows = List.of(); // of this step
    private Tensor flat; // the parameters' gradients of this step; null: none

    private ServerStrategy(Strategy inner, ProcessGroup group, Pace pace, EmbeddingTable dense) {
        this.inner = inner;
        this.group = group;
        this.pace = pace;
        this.dense = dense;
    }

    /** A worker that waits for nobody, unless it has a {@link #pace}. */
    public static ServerStrategy asynchronous() { return new ServerStrategy(Strategy.SINGLE, null, null, null); }

    /** A rank of a group that takes its steps together. */
    public static ServerStrategy synchronous(ProcessGroup group) {
        return new ServerStrategy(DataParallel.of(group), group, null, null);
    }

    /** The same that waits for workers who are too far behind. */
    public ServerStrategy pace(Pace pace) { return new ServerStrategy(inner, group, pace, dense); }

    /**
     * The same whose model has all its own parameters on servers, in rows of a table whose optimizer changes them; the
     * trainer's then changes nothing. A fit begins with what is there, or else with the model's values.
     *
     * @param table of this model alone, with an init of zeros
     */
    public ServerStrategy dense(EmbeddingTable table) { return new ServerStrategy(inner, group, pace, table); }

    @Override public int rank() { return inner.rank(); }

    @Override public int world() { return inner.world(); }

    @Override public <B> BatchSource<B> prepare(BatchSource<B> train) { return inner.prepare(train); }

    @Override public void prepare(Layer model) {
        close();
        inner.prepare(model);
        embeddings = model.layers().values().stream().filter(ServerEmbedding.class::isInstance)
                .map(ServerEmbedding.class::cast).distinct().toList();
        if (dense == null) return;
        params = model.params().values().stream().filter(Param::isTrainable).toList();
        if (isMain() && dense.size() == 0) {
            try (var _ = Scope.open(); var _ = Torch.noGrad()) {
                dense.start(Tensor.cat(params.stream().map(p -> p.detach().flatten()).toList(), 0));
            }
        }
        if (group != null) group.barrier();
        pull();
    }

    @Override public void beforeLast(List<Param> params) { inner.beforeLast(params); }

    @Override public void reduce(List<Param> params) {
        inner.reduce(params);
        rows = embeddings.stream().map(ServerEmbedding::take).toList();
        if (this.params.isEmpty()) return;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            flat = Tensor.cat(this.params.stream().map(p -> p.grad() == null ? p.zerosLike().flatten()
                    : p.grad().flatten()).toList(), 0).owned();
        }
    }

    @Override public void divide(double divisor) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            for (int i = 0; i < rows.size(); i++) {
                push(embeddings.get(i).table(), rows.get(i).ids(), rows.get(i).values().div(divisor));
            }
            rows = List.of();
            if (flat != null) {
                params.forEach(Param::clearGrad); // the trainer's optimizer leaves them alone
                if (isMain()) dense.pushFlat(flat.div(divisor));
                flat.close();
                flat = null;
            }
            if (group != null) group.barrier();
        }
    }

    private void push(EmbeddingTable table, long[] ids, Tensor gradients) {
        if (group == null) {
            table.push(ids, gradients);
            return;
        }
        int longest = (int) group.max(ids.length);
        if (longest == 0) return;
        var padded = Arrays.copyOf(ids, longest);
        var marked = new long[longest];
        Arrays.fill(marked, 0, ids.length, 1);
        Tensor filled = Tensor.cat(List.of(gradients, gradients.newZeros(longest - ids.length, table.dim())), 0);
        long[] all = group.allGather(Tensor.of(padded)).toLongs();
        long[] there = group.allGather(Tensor.of(marked)).toLongs();
        Tensor values = group.allGather(filled).view(-1, table.dim());
        // each rank pushes some of the ids, with all their gradients
        int[] mine = IntStream.range(0, all.length).filter(i -> there[i] == 1
                && Math.floorMod(all[i], group.world()) == group.rank()).toArray();
        if (mine.length == 0) return;
        table.push(IntStream.of(mine).mapToLong(i -> all[i]).toArray(),
                values.indexSelect(0, Tensor.of(IntStream.of(mine).asLongStream().toArray())));
    }

    @Override public void updated(Layer model) {
        inner.updated(model);
        pull();
        if (pace != null) pace.step();
    }

    private void pull() {
        if (params.isEmpty()) return;
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            Tensor all = dense.pullFlat(params.stream().mapToLong(Tensor::numel).sum());
            long at = 0;
            for (Param param : params) {
                param.copy_(all.narrow(0, at, param.numel()).view(param.shape()));
                at += param.numel();
            }
        }
    }

    @Override public double weight(double own) { return inner.weight(own); }

    @Override public void settle(Layer model) { inner.settle(model); }

    @Override public double sum(double value) { return inner.sum(value); }

    @Override public double max(double value) { return inner.max(value); }

    @Override public List<String> gather(String text) { return inner.gather(text); }

    @Override public void fail() { inner.fail(); }

    /** Forgets the model; servers, group and pace stay open. */
    @Override public void close() {
        new ArrayList<>(embeddings).forEach(ServerEmbedding::take);
        embeddings = List.of();
        params = List.of();
        rows = List.of();
        if (inner instanceof DataParallel parallel) parallel.close();
    }
}
