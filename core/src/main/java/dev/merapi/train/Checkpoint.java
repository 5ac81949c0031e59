package dev.merapi.train;

import dev.merapi.data.BatchSource;
import dev.merapi.io.AtomicFiles;
import dev.merapi.io.Safetensors;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a checkpoint holds: {@code model.safetensors}; {@code optimizer.safetensors} with the optimizers' states,
 * the averaged weights and the random generator's; {@code trainer.json} with the {@link Bookmark}.
 */
final class Checkpoint {
    private static final String AVERAGE = "average.";
    private static final String RANDOM = "random.cpu";

    private final Trainer<?> trainer;
    private final Optimizers optimizers;
    private final Average average;
    private final Checkpoints folders;

    Checkpoint(Trainer<?> trainer, Optimizers optimizers, Average average) {
        this.trainer = trainer;
        this.optimizers = optimizers;
        this.average = average;
        folders = new Checkpoints(trainer.folder, trainer.keepLast);
    }

    /** Where to begin: after the newest checkpoint, which is loaded, when resuming; at the start otherwise. */
    Bookmark open(BatchSource<?> train) {
        if (!trainer.resume && !folders.isEmpty()) {
            throw new IllegalArgumentException("Trainer.fit: expected a folder without checkpoints. Received "
                    + trainer.folder + ", which has some: call resume() to go on from the newest, or choose another.");
        }
        var at = folders.newest().map(this::load).orElseGet(Bookmark::new);
        at.expectData(trainer.folder, train, trainer.accumulate);
        if (trainer.strategy.isMain()) RunFolder.begin(trainer); // after all that may refuse, for it writes
        return at;
    }

    Path save(Bookmark at) { return folders.save(at.step, folder -> write(folder, at)); }

    private void write(Path folder, Bookmark at) {
        try (var _ = Scope.open()) {
            Safetensors.write(folder.resolve(Checkpoints.MODEL), trainer.task.model().tensors(), Map.of());
            var others = new LinkedHashMap<>(optimizers.state());
            average.state().forEach((name, tensor) -> others.put(AVERAGE + name, tensor));
            others.put(RANDOM, Torch.rngState());
            Safetensors.write(folder.resolve(Checkpoints.OPTIMIZER), others, Map.of());
            AtomicFiles.write(folder.resolve(Checkpoints.TRAINER), Json.pretty(at));
        }
    }

    private Bookmark load(Path folder) {
        var at = Bookmark.read(folder.resolve(Checkpoints.TRAINER));
        Safetensors.load(trainer.task.model(), folder.resolve(Checkpoints.MODEL));
        Path others = folder.resolve(Checkpoints.OPTIMIZER);
        var file = SafetensorsFile.open(others);
        try (var _ = Scope.open()) {
            optimizers.load(prefix -> part(file, prefix));
            average.load(part(file, AVERAGE));
            Torch.rngState(file.tensor(RANDOM).copy());
            return at;
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith("" + others) ? e
                    : new IllegalArgumentException(others + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Tensor> part(SafetensorsFile file, String prefix) {
        var part = new LinkedHashMap<String, Tensor>();
        for (String name : file.names()) {
            if (name.startsWith(prefix)) part.put(name.substring(prefix.length()), file.tensor(name));
        }
        return part;
    }
}
