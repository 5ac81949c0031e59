package dev.merapi.train;

import dev.merapi.io.FileErrors;
import dev.merapi.io.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The newest checkpoints of a run, in folders {@code checkpoints/step-000123}. Each is written beside and moved into
 * place with the checksums of its files, so a crash at any moment leaves the ones before as they were.
 */
final class Checkpoints {
    private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());
    private static final String PREFIX = "step-";

    /** What each holds, see {@link Checkpoint}. */
    static final String MODEL = "model.safetensors";
    static final String OPTIMIZER = "optimizer.safetensors";
    static final String TRAINER = "trainer.json";
    static final String MEMORY = "memory.safetensors";
    private static final List<String> FILES = List.of(MODEL, OPTIMIZER, TRAINER);

    private final Path folder;
    private final int keepLast;

    Checkpoints(Path runFolder, int keepLast) {
        this.folder = runFolder.resolve("checkpoints");
        this.keepLast = keepLast;
    }

    /** Where a rank leaves its part of a checkpoint, for the main one to take it. */
    Path part(int rank) { return folder.resolve("parts").resolve(partName(rank)); }

    /** The name of a rank's part in a checkpoint. */
    static String partName(int rank) { return "optimizer-" + rank + ".safetensors"; }

    /**
     * Adds a checkpoint, and deletes those that are too old.
     *
     * @param write fills the folder it is given
     * @return where it is now
     */
    Path save(long step, Consumer<Path> write) {
        Path target = folder.resolve(PREFIX + "%09d".formatted(step));
        Path beside = folder.resolve(target.getFileName() + ".tmp");
        try {
            Folders.delete(beside); // what a killed run left
            Files.createDirectories(beside);
            try {
                write.accept(beside);
                Checksums.write(beside);
                Folders.delete(target); // written before, by a run that was resumed from an older one
                Files.move(beside, target);
            } catch (RuntimeException | IOException e) {
                Folders.delete(beside);
                throw e;
            }
            putAsideBehind(target);
            for (Path old : all().reversed().stream().skip(keepLast).toList()) Folders.delete(old);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write checkpoint " + target + ": " + e.getMessage()
                    + ". Is the disk full, or the folder read-only? Earlier checkpoints are untouched.", e);
        }
        return target;
    }

    /** Those of later steps were damaged when the run was resumed from one before them: they count no more. */
    private void putAsideBehind(Path target) throws IOException {
        for (Path later : all()) {
            if (step(later) <= step(target)) continue;
            Path aside = later.resolveSibling(later.getFileName() + ".damaged");
            Folders.delete(aside);
            Files.move(later, aside);
        }
    }

    /**
     * The newest checkpoint whose files are whole; one that is not is passed over with a warning.
     *
     * @throws IllegalArgumentException if there are some, all damaged
     * @throws UncheckedIOException if one cannot be read, such as for a missing permission
     */
    Optional<Path> newest() {
        var damaged = new ArrayList<String>();
        for (Path checkpoint : all().reversed()) {
            var damage = damage(checkpoint);
            if (damage.isEmpty()) return Optional.of(checkpoint);
            LOG.log(Level.WARNING, "Checkpoint {0} is damaged ({1}): going back to the one before.", checkpoint,
                    damage.get());
            damaged.add(checkpoint.getFileName() + ": " + damage.get());
        }
        if (damaged.isEmpty()) return Optional.empty();
        throw new IllegalArgumentException("Trainer.resume: expected a whole checkpoint in " + folder + ". Received "
                + String.join("; ", damaged) + ". Nothing was changed. Put back a copy of one, or train in another"
                + " folder.");
    }

    private static Optional<String> damage(Path checkpoint) {
        try {
            return Checksums.damage(checkpoint, FILES);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read checkpoint " + checkpoint + ": " + FileErrors.reason(e)
                    + ". Nothing was changed.", e);
        }
    }

    boolean isEmpty() { return all().isEmpty(); }

    private static long step(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring(PREFIX.length()));
    }

    /** Oldest first. */
    private List<Path> all() {
        if (Files.notExists(folder)) return List.of(); // which, without permission to know, it is not
        try (var entries = Files.list(folder)) {
            return entries.filter(p -> p.getFileName().toString().matches(PREFIX + "\\d{9,18}"))
                    .sorted(Comparator.comparingLong(Checkpoints::step)).toList();
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
    }
}
