package dev.merapi.serve;

import dev.merapi.vision.Image;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Folders of runs as trainings leave them. */
final class SomeRuns {
    private SomeRuns() {}

    /** A run that has trained some of its epochs; one that has all of them was evaluated too. */
    static Path write(Path run, int epochs, int of) {
        var config = """
                {"recipe": "fashion", "learning_rate": %s, "model": "cnn", "data": "",
                 "trainer": {"epochs": %d, "device": "cpu"}, "versions": {"merapi": "0.1.0"}}
                """.formatted(0.001 * of, of);
        var log = new StringBuilder();
        for (int epoch = 1; epoch <= epochs; epoch++) log.append(step(10 * epoch)).append(epoch(epoch));
        try {
            Files.createDirectories(run.resolve("checkpoints/1"));
            Files.writeString(run.resolve("config.json"), config);
            Files.writeString(run.resolve("metrics.jsonl"), log);
            if (epochs < of) return run;
            Files.writeString(run.resolve("checkpoints/1/model.safetensors"), "weights");
            Files.writeString(run.resolve("samples.txt"), "a sample\n");
            Files.writeString(run.resolve("evaluation.json"), """
                    {"metrics": {"accuracy": 0.85}, "labels": ["shirt", "boot"], "confusion": [[8, 2], [1, 9]]}
                    """);
            new Image(8, 8, 3, new byte[192]).write(run.resolve("confusion.png"));
            return run;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String step(int step) {
        return "{\"step\":%d,\"epoch\":%d,\"loss\":%s,\"learning_rate\":0.01,\"gradient_norm\":1.5}\n"
                .formatted(step, step / 10, 2.0 / step);
    }

    /** The line of an epoch, whose accuracy is 1 − 0.4 / epoch. */
    static String epoch(int epoch) {
        return ("{\"epoch\":%d,\"step\":%d,\"train_loss\":%s,\"loss\":%s,\"accuracy\":%s,\"learning_rate\":0.01,"
                + "\"seconds\":2.5,\"steps_per_second\":4.0,\"waiting\":0.0}\n").formatted(epoch, 10 * epoch,
                1.0 / epoch, 1.2 / epoch, 1 - 0.4 / epoch);
    }

    static void delete(Path run) throws IOException {
        try (var files = Files.walk(run)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
