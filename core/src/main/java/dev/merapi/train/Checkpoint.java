package dev.merapi.train;

import dev.merapi.data.BatchSource;
import dev.merapi.io.AtomicFiles;
import dev.merapi.io.Changes;
import dev.merapi.io.FileErrors;
import dev.merapi.io.Safetensors;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a checkpoint holds: {@code model.safetensors}; {@code optimizer.safetensors} with the optimizers' states,
 * the averaged weights and the random generator's; {@code trainer.json} with the {@link Bookmark}; and {@code
 * memory.safetensors} with what is {@link Remembered}.
 */
final class Checkpoint {
    private static final String AVERAGE = "average.";
    private static final String RANDOM = "random.cpu";
    private static final String RANDOM_OF_RANK = "random."; // of those behind the main one

    private final Trainer<?> trainer;
    private final Optimizers optimizers;
    private final Average average;
    private final Checkpoints folders;
    private final Set<String> judged; // values of epochs that decide how the run goes on

    Checkpoint(Trainer<?> trainer, Optimizers optimizers, Average average, Monitor monitor) {
        judged = new LinkedHashSet<>(List.of(monitor.metric()));
        if (trainer.plateau != null) judged.add(trainer.plateauMetric);
        this.trainer = trainer;
        this.optimizers = optimizers;
        this.average = average;
        folders = new Checkpoints(trainer.folder, trainer.keepLast);
    }

    /** Changes a model as the newest checkpoint's was, before an optimizer is made for it. */
    static void change(Layer model, Path folder) {
        new Checkpoints(folder, 1).newest().ifPresent(newest ->
                dev.merapi.io.Weights.open(newest.resolve(Checkpoints.MODEL)).change(model));
    }

    /** Where to begin: after the newest checkpoint, which is loaded, when resuming; at the start otherwise. */
    Bookmark open(BatchSource<?> train) {
        if (!trainer.resume && !folders.isEmpty()) {
            throw new IllegalArgumentException("Trainer.fit: expected a folder without checkpoints. Received "
                    + trainer.folder + ", which has some: call resume() to go on from the newest, or choose another.");
        }
        var newest = folders.newest();
        expectOnAllRanks(newest);
        var at = newest.map(this::load).orElseGet(Bookmark::new);
        at.expectData(trainer.folder, train, trainer.accumulate, trainer.strategy);
        if (trainer.strategy.isMain()) RunFolder.begin(trainer, newest.isEmpty());
        return at;
    }

    private void expectOnAllRanks(Optional<Path> newest) {
        var seen = trainer.strategy.gather(newest.map(path -> path.getFileName().toString()).orElse("none"));
        if (seen.stream().distinct().count() == 1) return;
        throw new IllegalArgumentException("Trainer.fit: expected the same checkpoints on all ranks. Received, as the"
                + " newest, " + String.join(", ", seen) + " in " + trainer.folder
                + "; all ranks need the same folder.");
    }

    /**
     * Writes one; on all ranks.
     *
     * @param at of all ranks together
     * @param randoms the state of each rank's generator
     * @return where it is; null on ranks that do not write
     */
    Path save(Bookmark at, List<String> randoms) {
        if (trainer.writes()) return folders.save(at.step, folder -> write(folder, at, randoms));
        tensors(trainer.folder, randoms);
        return null;
    }

    /** Writes this rank's part of the optimizers' state, which the main rank then takes into its checkpoint. */
    void savePart() {
        try (var _ = Scope.open()) {
            Path file = folders.part(trainer.strategy.rank());
            Files.createDirectories(file.getParent());
            Safetensors.write(file, optimizers.state(), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void takeParts(Path into) {
        try {
            for (int rank = 1; rank < trainer.strategy.world(); rank++) {
                Files.move(folders.part(rank), into.resolve(Checkpoints.partName(rank)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not take the other ranks' parts into a checkpoint: "
                    + FileErrors.reason(e) + ". All ranks must see the run folder " + trainer.folder + ".", e);
        }
    }

    /** The state's files: one, and where there were sharded optimizers, those of the other ranks. */
    private static List<SafetensorsFile> optimizerFiles(Path folder) {
        var files = new ArrayList<>(List.of(SafetensorsFile.open(folder.resolve(Checkpoints.OPTIMIZER))));
        for (int rank = 1; Files.exists(folder.resolve(Checkpoints.partName(rank))); rank++) {
            files.add(SafetensorsFile.open(folder.resolve(Checkpoints.partName(rank))));
        }
        return files;
    }

    /** The state of this rank's generator as text. */
    static String random() {
        try (var _ = Scope.open()) {
            return Base64.getEncoder().encodeToString(Torch.rngState().toBytes());
        }
    }

    private static Tensor random(String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        return Tensor.of(bytes, bytes.length);
    }

    private void write(Path folder, Bookmark at, List<String> randoms) {
        tensors(folder, randoms);
        if (optimizers.arePart()) takeParts(folder);
        if (trainer.remembered != null) {
            try (var _ = Scope.open()) {
                Safetensors.write(folder.resolve(Checkpoints.MEMORY), trainer.remembered.state(), Map.of());
            }
        }
        AtomicFiles.write(folder.resolve(Checkpoints.TRAINER), Json.pretty(at));
    }

    private void tensors(Path folder, List<String> randoms) {
        try (var _ = Scope.open()) {
            var model = trainer.task.model();
            trainer.strategy.save(folder.resolve(Checkpoints.MODEL), model.tensors(), Changes.with(Map.of(), model));
            var others = new LinkedHashMap<>(optimizers.state());
            average.state().forEach((name, tensor) -> others.put(AVERAGE + name, tensor));
            others.put(RANDOM, random(randoms.getFirst()));
            for (int rank = 1; rank < randoms.size(); rank++) {
                others.put(RANDOM_OF_RANK + rank, random(randoms.get(rank)));
            }
            trainer.strategy.save(folder.resolve(Checkpoints.OPTIMIZER), others, Map.of());
        }
    }

    private Bookmark load(Path folder) {
        var at = Bookmark.read(folder.resolve(Checkpoints.TRAINER));
        at.expectValues(folder.resolve(Checkpoints.TRAINER), judged);
        trainer.strategy.load(trainer.task.model(), folder.resolve(Checkpoints.MODEL));
        if (trainer.remembered != null) remember(folder.resolve(Checkpoints.MEMORY));
        Path others = folder.resolve(Checkpoints.OPTIMIZER);
        var files = optimizerFiles(folder);
        var file = files.getFirst();
        try (var _ = Scope.open()) {
            optimizers.load(prefix -> trainer.strategy.own(part(files, prefix)));
            average.load(trainer.strategy.own(part(files, AVERAGE)));
            int rank = trainer.strategy.rank();
            String random = rank == 0 ? RANDOM : RANDOM_OF_RANK + rank;
            // more ranks than there were go on with the numbers that the strategy gave them
            if (file.names().contains(random)) Torch.rngState(file.tensor(random).copy());
            return at;
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith("" + others) ? e
                    : new IllegalArgumentException(others + ": " + e.getMessage(), e);
        }
    }

    private void remember(Path memory) {
        if (Files.notExists(memory)) {
            throw new IllegalArgumentException(memory + ": expected what the run remembers. Received a checkpoint"
                    + " without it; begin a new run in another folder.");
        }
        var file = SafetensorsFile.open(memory);
        try (var _ = Scope.open()) {
            var saved = new LinkedHashMap<String, Tensor>();
            for (String name : file.names()) saved.put(name, file.tensor(name));
            trainer.remembered.load(saved);
        }
    }

    private static Map<String, Tensor> part(List<SafetensorsFile> files, String prefix) {
        var part = new LinkedHashMap<String, Tensor>();
        for (var file : files) {
            for (String name : file.names()) {
                if (name.startsWith(prefix)) part.put(name.substring(prefix.length()), file.tensor(name));
            }
        }
        return part;
    }
}
