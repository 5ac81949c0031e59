package dev.merapi.train;

import dev.merapi.internal.Version;
import dev.merapi.io.AtomicFiles;
import dev.merapi.io.Changes;
import dev.merapi.io.FileErrors;
import dev.merapi.io.FolderLock;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What a run leaves in its folder beside checkpoints and logs. */
final class RunFolder {
    private RunFolder() {}

    /**
     * Writes {@code config.json}, and so finds out before the first step whether the folder can be written.
     *
     * @param anew and before it what else the trainer was given to write
     */
    static void begin(Trainer<?> trainer, boolean anew) {
        try {
            if (anew) trainer.more.accept(trainer.folder);
            AtomicFiles.write(trainer.folder.resolve("config.json"), Json.pretty(origin(trainer)));
        } catch (UncheckedIOException e) {
            throw unwritable(trainer.folder, e.getCause());
        }
    }

    private static UncheckedIOException unwritable(Path folder, IOException e) {
        return new UncheckedIOException("Trainer.fit: cannot write into the run folder " + folder + ": "
                + FileErrors.reason(e) + ". Choose another, or make it writable.", e);
    }

    /**
     * Keeps others from training in a folder.
     *
     * @throws IllegalStateException if somebody does
     */
    static FolderLock lock(Path folder) {
        try {
            return FolderLock.tryLock(folder).orElseThrow(() -> new IllegalStateException("Trainer.fit: the run folder "
                    + folder + " is in use by another process, or another fit of this one. Wait until it ends, or"
                    + " choose another folder."));
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    static Path model(Trainer<?> trainer) { return trainer.folder.resolve("model.safetensors"); }

    /** Writes the model's weights as they are now, with what made them in the metadata; on all ranks. */
    static void keep(Trainer<?> trainer, Epoch epoch) {
        var metadata = Map.of("format", "pt", "epoch", Json.line(epoch), "made_by", Json.line(origin(trainer)));
        var model = trainer.task.model();
        trainer.strategy.save(model(trainer), model.tensors(), Changes.with(metadata, model));
    }

    private static Map<String, Object> origin(Trainer<?> trainer) {
        var origin = new LinkedHashMap<String, Object>(trainer.config);
        var settings = new LinkedHashMap<String, Object>();
        if (trainer.steps > 0) settings.put("steps", trainer.steps);
        else settings.put("epochs", trainer.epochs);
        if (trainer.evaluateEvery > 0) settings.put("evaluate_every", trainer.evaluateEvery);
        settings.put("accumulate", trainer.accumulate);
        if (trainer.clipNorm < Double.POSITIVE_INFINITY) settings.put("clip_norm", trainer.clipNorm);
        settings.put("precision", trainer.precision.toString());
        settings.put("device", trainer.device().toString());
        if (trainer.seed != null) settings.put("seed", trainer.seed);
        if (trainer.ema > 0) settings.put("ema", trainer.ema);
        origin.put("trainer", settings);
        origin.put("versions", versions());
        return origin;
    }

    private static Map<String, String> versions() {
        return new TreeMap<>(Map.of("merapi", Version.read(), "libtorch", Torch.version(),
                "java", Runtime.version().toString()));
    }
}
