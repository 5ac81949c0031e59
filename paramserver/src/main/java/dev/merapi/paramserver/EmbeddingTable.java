package dev.merapi.paramserver;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;

/**
 * Rows of numbers by id, on the servers of a {@link Grid}. Several threads and workers may use it at once; each row is
 * changed by one gradient after the other.
 */
public final class EmbeddingTable {
    private static final SplittableRandom NUMBERS = new SplittableRandom(); // of pushes

    private final HazelcastInstance grid;
    private final IMap<Long, Row> rows;
    private final String name;
    private final int dim;
    private final RowOptimizer optimizer;
    private final RowInit init;

    EmbeddingTable(HazelcastInstance grid, String name, int dim, RowOptimizer optimizer, RowInit init) {
        this.grid = grid;
        this.rows = grid.getMap(Grid.TABLES + name);
        this.name = name;
        this.dim = dim;
        this.optimizer = optimizer;
        this.init = init;
    }

    /** Its name on the servers. */
    public String name() { return name; }

    /** Numbers in a row. */
    public int dim() { return dim; }

    /** Rows that are stored: those that were pushed to and are not forgotten. */
    public long size() { return rows.size(); }

    /**
     * The rows of some ids, which may repeat: (ids, dim), float32 on the CPU. One that was never pushed to is what it
     * begins with.
     *
     * @throws IllegalStateException if the servers cannot be reached
     */
    public Tensor pull(long[] ids) {
        var keys = new HashSet<Long>();
        for (long id : ids) keys.add(id);
        var found = attempt("pull", () -> rows.getAll(keys));
        var values = new float[ids.length * dim];
        for (int i = 0; i < ids.length; i++) {
            var row = found.get(ids[i]);
            if (row == null) init.fill(ids[i], values, i * dim, dim);
            else System.arraycopy(row.weights, 0, values, i * dim, dim);
        }
        return Tensor.of(values, ids.length, dim);
    }

    /**
     * Lets the servers change rows by gradients, and waits until they and their backups have done so. The gradients of
     * an id that repeats are added up first.
     *
     * @param gradients (ids, dim)
     * @throws IllegalStateException if the servers cannot be reached: some rows may be changed then, and others not
     */
    public void push(long[] ids, Tensor gradients) {
        if (gradients.rank() != 2 || gradients.size(0) != ids.length || gradients.size(1) != dim) {
            throw new IllegalArgumentException("EmbeddingTable.push: expected gradients of shape (" + ids.length + ", "
                    + dim + "). Received " + gradients.describe());
        }
        push(ids, gradients.detach().to(Device.CPU).to(DType.FLOAT32).contiguous().toFloats());
    }

    private void push(long[] ids, float[] gradients) {
        var sums = new TreeMap<Long, float[]>();
        for (int i = 0; i < ids.length; i++) {
            float[] sum = sums.computeIfAbsent(ids[i], _ -> new float[dim]);
            for (int k = 0; k < dim; k++) sum[k] += gradients[i * dim + k];
        }
        var partitions = new TreeMap<Integer, List<Long>>();
        for (long id : sums.keySet()) partitions.computeIfAbsent(partition(id), _ -> new ArrayList<>()).add(id);
        attempt("push", () -> {
            var answers = new ArrayList<CompletionStage<?>>();
            for (var some : partitions.values()) answers.add(rows.submitToKeys(Set.copyOf(some), push(some, sums)));
            answers.forEach(answer -> answer.toCompletableFuture().join());
            return null;
        });
    }

    // ---- a vector as rows 0, 1, …, the last filled up with zeros

    /** Stores a vector's values, as rows without a step. */
    void start(Tensor vector) {
        float[] values = padded(vector);
        var all = new HashMap<Long, Row>();
        for (int i = 0; i < values.length / dim; i++) {
            all.put((long) i, new Row(Arrays.copyOfRange(values, i * dim, (i + 1) * dim),
                    new float[optimizer.slots() * dim], 0));
        }
        attempt("push", () -> {
            rows.putAll(all);
            return null;
        });
    }

    void pushFlat(Tensor gradient) {
        float[] values = padded(gradient);
        push(LongStream.range(0, values.length / dim).toArray(), values);
    }

    /** The first {@code size} numbers. */
    Tensor pullFlat(long size) { return pull(LongStream.range(0, count(size)).toArray()).view(-1).narrow(0, 0, size); }

    private int count(long size) { return Math.toIntExact((size + dim - 1) / dim); }

    private float[] padded(Tensor vector) {
        float[] values = vector.detach().to(Device.CPU).to(DType.FLOAT32).toFloats();
        return Arrays.copyOf(values, count(values.length) * dim);
    }

    private int partition(Object key) { return grid.getPartitionService().getPartition(key).getPartitionId(); }

    private Push push(List<Long> some, TreeMap<Long, float[]> sums) {
        var flat = new float[some.size() * dim];
        for (int i = 0; i < some.size(); i++) System.arraycopy(sums.get(some.get(i)), 0, flat, i * dim, dim);
        long number;
        synchronized (NUMBERS) {
            number = NUMBERS.nextLong();
        }
        return new Push(number, some.stream().mapToLong(id -> id).toArray(), flat, optimizer, init);
    }

    private interface Attempt<R> {
        R run();
    }

    private <R> R attempt(String what, Attempt<R> attempt) {
        try {
            return attempt.run();
        } catch (CompletionException e) {
            throw failure(what, e.getCause());
        } catch (RuntimeException e) {
            throw failure(what, e);
        }
    }

    private IllegalStateException failure(String what, Throwable cause) {
        return new IllegalStateException("EmbeddingTable." + what + ": the table " + name + " could not be reached: "
                + String.valueOf(cause.getMessage()).lines().findFirst().orElse(""), cause);
    }

    /**
     * Writes all rows with their moments into a folder, a file for each partition; while nobody pushes.
     *
     * @see #restore
     */
    public void save(Path folder) {
        var all = new ArrayList<Integer>();
        for (var partition : grid.getPartitionService().getPartitions()) all.add(partition.getPartitionId());
        TableFiles.save(rows, all, this::partition, folder, dim, optimizer.slots());
    }

    /**
     * Puts the rows of a folder into the table, over those of the same ids.
     *
     * @throws IllegalArgumentException if they are of another size or optimizer, or a file is damaged
     */
    public void restore(Path folder) { TableFiles.restore(rows, folder, dim, optimizer.slots()); }

    /** Forgets all rows. */
    public void clear() { rows.clear(); }

    @Override public String toString() { return "table " + name + ", rows of " + dim + ", " + optimizer; }
}
