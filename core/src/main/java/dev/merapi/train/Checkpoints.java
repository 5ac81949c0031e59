package dev.merapi.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private final Path folder;
    private final int keepLast;

    Checkpoints(Path runFolder, int keepLast) {
        this.folder = runFolder.resolve("checkpoints");
        this.keepLast = keepLast;
    }

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
            delete(beside); // what a killed run left
            Files.createDirectories(beside);
            try {
                write.accept(beside);
                Checksums.write(beside);
                delete(target); // written before, by a run that was resumed from an older one
                Files.move(beside, target);
            } catch (RuntimeException | IOException e) {
                delete(beside);
                throw e;
            }
            for (Path old : all().reversed().stream().skip(keepLast).toList()) delete(old);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write checkpoint " + target + ": " + e.getMessage()
                    + ". Is the disk full, or the folder read-only? Earlier checkpoints are untouched.", e);
        }
        return target;
    }

    /** The newest checkpoint whose files are whole; one that is not is passed over with a warning. */
    Optional<Path> newest() {
        for (Path checkpoint : all().reversed()) {
            var damage = Checksums.damage(checkpoint);
            if (damage.isEmpty()) return Optional.of(checkpoint);
            LOG.log(Level.WARNING, "Checkpoint {0} is damaged ({1}): going back to the one before.", checkpoint,
                    damage.get());
        }
        return Optional.empty();
    }

    boolean hasWhole() {
        return all().reversed().stream().anyMatch(checkpoint -> Checksums.damage(checkpoint).isEmpty());
    }

    boolean isEmpty() { return all().isEmpty(); }

    /** Oldest first. */
    private List<Path> all() {
        if (!Files.isDirectory(folder)) return List.of();
        try (var entries = Files.list(folder)) {
            return entries.filter(p -> p.getFileName().toString().matches(PREFIX + "\\d{9,}"))
                    .sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not list " + folder, e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
