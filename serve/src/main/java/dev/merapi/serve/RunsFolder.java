package dev.merapi.serve;

import dev.merapi.io.FileErrors;
import dev.merapi.io.ModelFolder;
import dev.merapi.tensor.Expect;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * A folder with runs in it. What lies inside is shown, and nothing else: neither by {@code ..} nor by a link, of which
 * none is followed. Hidden files, half-written ones and secret keys are passed over.
 */
final class RunsFolder {
    private static final int DEEPEST = 4; // folders: runs may be in groups
    private static final Pattern KEPT_BACK = Pattern.compile("\\..*|.*\\.tmp\\d+-\\d+|.*\\.(key|pem|p12|pfx|jks)");
    private static final Set<String> LOGS = Set.of("metrics.jsonl", "rounds.jsonl");

    private final Path root;

    /**
     * A file of a run.
     *
     * @param path from the run's folder on, with slashes
     * @param changed milliseconds since 1970
     */
    record Entry(String path, long size, long changed) {}

    /** @throws IllegalArgumentException if there is no such folder */
    RunsFolder(Path folder) {
        Expect.that(Files.isDirectory(folder), folder.toString(), "a folder with runs in it",
                Files.exists(folder) ? "a file" : "nothing of that name");
        try {
            root = folder.toRealPath();
        } catch (IOException e) {
            throw FileErrors.reading(folder, e);
        }
    }

    /** As a person knows it. */
    String name() { return root.getFileName() == null ? root.toString() : root.getFileName().toString(); }

    /** Runs by their folders' names, those in groups with slashes. */
    List<String> names() {
        var names = new ArrayList<String>();
        walk(root, DEEPEST, new SimpleFileVisitor<>() {
            @Override public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                if (folder.equals(root)) return FileVisitResult.CONTINUE;
                if (KEPT_BACK.matcher(folder.getFileName().toString()).matches()) return FileVisitResult.SKIP_SUBTREE;
                if (!isRun(folder)) return FileVisitResult.CONTINUE;
                names.add(slashed(root.relativize(folder)));
                return FileVisitResult.SKIP_SUBTREE;
            }

            @Override public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // gone meanwhile, or not for us to read
            }
        });
        names.sort(null);
        return names;
    }

    private static boolean isRun(Path folder) {
        if (!Files.isRegularFile(folder.resolve("config.json"))) return false;
        if (LOGS.stream().anyMatch(log -> Files.exists(folder.resolve(log)))) return true;
        try {
            return ModelFolder.config(folder).containsKey(ModelFolder.RECIPE);
        } catch (RuntimeException e) {
            return false; // another's config.json, or one that cannot be read
        }
    }

    /** @throws Refusal if there is no run of this name */
    Path run(String name) {
        Path run = inside(root, name);
        if (run != null && isRun(run)) return run;
        throw new Refusal(404, null, "run: expected one of those that /runs lists. Received " + name + ".");
    }

    /** @throws Refusal if the run has no such file, or none that is shown */
    Path file(String run, String path) {
        Path file = inside(run(run), path);
        if (file != null && Files.isRegularFile(file)) return file;
        throw new Refusal(404, null, "path: expected one of the files of " + run + ". Received " + path + ".");
    }

    /** Null if the path leads elsewhere, or to nothing. */
    private static Path inside(Path base, String path) {
        try {
            Path file = base.resolve(path).normalize();
            if (!file.startsWith(base) || file.equals(base) || isKeptBack(base.relativize(file))) return null;
            return file.toRealPath().equals(file) ? file : null; // another path where there is a link on the way
        } catch (IOException | InvalidPathException e) {
            return null;
        }
    }

    private static boolean isKeptBack(Path path) {
        return StreamSupport.stream(path.spliterator(), false)
                .anyMatch(part -> KEPT_BACK.matcher(part.toString()).matches());
    }

    /** The files of a run that are shown, in order; throws as {@link #run}. */
    List<Entry> files(String run) {
        Path folder = run(run);
        var entries = new ArrayList<Entry>();
        walk(folder, DEEPEST, visitor((file, attributes) -> {
            if (!attributes.isRegularFile() || isKeptBack(folder.relativize(file))) return;
            entries.add(new Entry(slashed(folder.relativize(file)), attributes.size(),
                    attributes.lastModifiedTime().toMillis()));
        }));
        entries.sort((a, b) -> a.path.compareTo(b.path));
        return entries;
    }

    private static SimpleFileVisitor<Path> visitor(BiConsumer<Path, BasicFileAttributes> action) {
        return new SimpleFileVisitor<>() {
            @Override public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                action.accept(file, attributes);
                return FileVisitResult.CONTINUE;
            }

            @Override public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }

            @Override public FileVisitResult postVisitDirectory(Path folder, IOException e) {
                return FileVisitResult.CONTINUE; // checkpoints come and go meanwhile
            }
        };
    }

    private static void walk(Path from, int depth, SimpleFileVisitor<Path> visitor) {
        try {
            Files.walkFileTree(from, EnumSet.noneOf(FileVisitOption.class), depth, visitor);
        } catch (IOException e) {
            throw FileErrors.reading(from, e);
        }
    }

    private static String slashed(Path path) { return path.toString().replace('\\', '/'); }
}
