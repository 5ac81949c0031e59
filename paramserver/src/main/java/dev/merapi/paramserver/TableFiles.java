package dev.merapi.paramserver;

import com.hazelcast.map.IMap;
import com.hazelcast.query.Predicates;
import dev.merapi.io.Safetensors;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** A table as files: ids (n), weights (n, dim), state (n, slots · dim) and steps (n) of each partition. */
final class TableFiles {
    private static final int AT_ONCE = 10_000; // rows that are sent

    private TableFiles() { }

    /** @param partition of a key */
    static void save(IMap<Long, Row> rows, List<Integer> partitions, ToIntFunction<Object> partition, Path folder,
            int dim, int slots) {
        try {
            Files.createDirectories(folder);
            for (int number : partitions) {
                long key = 0; // some id of that partition
                while (partition.applyAsInt(key) != number) key++;
                var some = rows.entrySet(Predicates.partitionPredicate(key, Predicates.<Long, Row>alwaysTrue()));
                write(List.copyOf(some), folder.resolve("part-%05d.safetensors".formatted(number)), dim, slots);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(List<Map.Entry<Long, Row>> rows, Path file, int dim, int slots) throws IOException {
        int n = rows.size();
        var ids = new long[n];
        var steps = new long[n];
        var weights = new float[n * dim];
        var state = new float[n * dim * slots];
        for (int i = 0; i < n; i++) {
            var row = rows.get(i).getValue();
            ids[i] = rows.get(i).getKey();
            steps[i] = row.steps;
            System.arraycopy(row.weights, 0, weights, i * dim, dim);
            System.arraycopy(row.state, 0, state, i * dim * slots, dim * slots);
        }
        try (var _ = Scope.open()) {
            Safetensors.write(file, Map.of("ids", Tensor.of(ids), "steps", Tensor.of(steps),
                    "weights", Tensor.of(weights, n, dim), "state", Tensor.of(state, n, (long) dim * slots)), Map.of());
        }
    }

    static void restore(IMap<Long, Row> rows, Path folder, int dim, int slots) {
        List<Path> files;
        try (var all = Files.list(folder)) {
            files = all.filter(file -> file.getFileName().toString().matches("part-\\d+\\.safetensors")).sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException(folder + ": expected files of a table, part-00000.safetensors and so on."
                    + " Received none.");
        }
        files.forEach(file -> read(file, dim, slots)); // all are looked at before one is put
        files.forEach(file -> put(rows, read(file, dim, slots)));
    }

    private static Map<Long, Row> read(Path file, int dim, int slots) {
        try (var _ = Scope.open()) {
            var parts = SafetensorsFile.open(file);
            long[] ids = parts.tensor("ids").toLongs();
            long[] steps = parts.tensor("steps").toLongs();
            Tensor weights = parts.tensor("weights");
            Tensor state = parts.tensor("state");
            if (weights.size(0) != ids.length || weights.size(1) != dim || state.size(1) != (long) dim * slots
                    || state.size(0) != ids.length || steps.length != ids.length) {
                throw new IllegalArgumentException(file + ": expected rows of " + dim + " numbers with " + slots
                        + " moments each. Received weights " + weights.describe() + " and state " + state.describe());
            }
            float[] all = weights.toFloats();
            float[] moments = state.toFloats();
            var rows = new HashMap<Long, Row>();
            for (int i = 0; i < ids.length; i++) {
                var own = new float[dim];
                var kept = new float[dim * slots];
                System.arraycopy(all, i * dim, own, 0, dim);
                System.arraycopy(moments, i * dim * slots, kept, 0, dim * slots);
                rows.put(ids[i], new Row(own, kept, steps[i]));
            }
            return rows;
        }
    }

    private static void put(IMap<Long, Row> rows, Map<Long, Row> some) {
        var batch = new HashMap<Long, Row>();
        for (var row : some.entrySet()) {
            batch.put(row.getKey(), row.getValue());
            if (batch.size() < AT_ONCE) continue;
            rows.putAll(batch);
            batch.clear();
        }
        rows.putAll(batch);
    }
}
