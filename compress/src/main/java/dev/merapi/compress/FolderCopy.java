package dev.merapi.compress;

import dev.merapi.io.AtomicFiles;
import dev.merapi.io.FileErrors;
import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Writes a model that was changed into a folder like the one it came from. */
final class FolderCopy {
    /** What belongs to the weights, to the card, or to the training that made them. */
    private static final Pattern LEFT = Pattern.compile(".*\\.(safetensors|safetensors\\.index\\.json|bin|pt|pth|onnx)"
            + "|README\\.md|.*\\.(jsonl|csv|png|lock)|events\\..*|.*\\.tmp.*");

    private FolderCopy() {}

    static void save(Workpiece piece, Path into) {
        Workpiece.expectFree(into);
        var model = piece.model();
        copy(piece.folder(), into);
        Safetensors.save(model, into.resolve("model.safetensors"), Weights.open(piece.folder()).metadata());
        copyFile(piece.folder().resolve("config.json"), into.resolve("config.json")); // last: it makes it a model
    }

    private static void copy(Path from, Path into) {
        try (var files = Files.walk(from, 2)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path name = from.relativize(file);
                boolean left = LEFT.matcher(file.getFileName().toString()).matches() || name.startsWith("checkpoints")
                        || name.toString().equals("config.json");
                if (!left) copyFile(file, into.resolve(name));
            }
        } catch (IOException e) {
            throw FileErrors.reading(from, e);
        }
    }

    private static void copyFile(Path from, Path to) {
        try {
            AtomicFiles.write(to, Files.readAllBytes(from));
        } catch (IOException e) {
            throw FileErrors.reading(from, e);
        }
    }
}
