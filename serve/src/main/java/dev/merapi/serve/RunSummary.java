package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A run in a line of a list.
 *
 * @param state {@code running}, {@code done}, or {@code stopped} before all its epochs, as by early stopping
 * @param changed when something was last measured, in milliseconds since 1970
 * @param epoch the last one; 0 before the first has ended
 * @param progress 0 to 1; -1 where its end is not known
 * @param values what the last epoch measured
 */
record RunSummary(String name, String recipe, String state, long changed, int epoch, double progress,
        Map<String, JsonNode> values) {
    private static final long QUIET = 120_000; // milliseconds that a running one may say nothing
    private static final Set<String> NOT_MEASURED = Set.of("epoch", "step", "learning_rate", "seconds",
            "steps_per_second", "waiting");

    /** Of a run as it is now. */
    static RunSummary of(String name, Path run) {
        var config = config(run);
        var rows = RunLog.tail(run);
        var epochs = rows.stream().filter(row -> row.has("seconds")).toList();
        long step = rows.isEmpty() ? 0 : rows.getLast().path("step").asLong();
        int epoch = epochs.isEmpty() ? 0 : epochs.getLast().path("epoch").asInt();
        long steps = config.at("/trainer/steps").asLong(), all = config.at("/trainer/epochs").asLong();
        double progress = steps > 0 ? (double) step / steps : all > 0 ? (double) epoch / all : -1;
        long changed = changed(run);
        var state = progress >= 1 ? "done" : isFresh(changed, epochs) ? "running" : progress < 0 ? "done" : "stopped";
        return new RunSummary(name, config.path("recipe").asText(), state, changed, epoch, Math.min(progress, 1),
                epochs.isEmpty() ? Map.of() : measured(epochs.getLast()));
    }

    /** Its {@code config.json}; without one, nothing. */
    static JsonNode config(Path run) {
        try {
            return Inputs.JSON.readTree(Files.readAllBytes(run.resolve("config.json")));
        } catch (IOException e) {
            return Inputs.JSON.createObjectNode();
        }
    }

    private static long changed(Path run) {
        Path log = RunLog.file(run);
        try {
            return Files.getLastModifiedTime(Files.exists(log) ? log : run.resolve("config.json")).toMillis();
        } catch (IOException e) {
            throw FileErrors.reading(log, e);
        }
    }

    /** Whether it was written to so lately that it will go on: slow epochs take longer. */
    private static boolean isFresh(long changed, List<JsonNode> epochs) {
        double longest = epochs.stream().mapToDouble(row -> row.path("seconds").asDouble()).max().orElse(0);
        return System.currentTimeMillis() - changed < Math.max(QUIET, 3000 * longest);
    }

    private static Map<String, JsonNode> measured(JsonNode row) {
        var values = new LinkedHashMap<String, JsonNode>();
        row.properties().forEach(value -> {
            if (!NOT_MEASURED.contains(value.getKey())) values.put(value.getKey(), value.getValue());
        });
        return values;
    }
}
