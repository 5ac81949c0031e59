package dev.merapi.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.io.Weights;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import dev.merapi.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A recipe and its settings, from the command line, a file, or the {@code config.json} of a run: the three have one
 * form, so that a run can be repeated from what it left.
 */
record Setup<C extends Record>(Recipe<C> recipe, C settings, DType precision) {
    private static final String RECIPE = "recipe";
    private static final String PRECISION = "precision"; // every recipe's
    private static final List<DType> PRECISIONS = List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16);
    private static final List<String> NOT_SETTINGS = List.of("trainer", "versions"); // written by the trainer

    /**
     * From what a user typed.
     *
     * @param target a recipe's name, a YAML or JSON file, or a run folder
     * @param overrides {@code key=value} settings laid over it
     * @throws IllegalArgumentException for anything that is no setting, saying where and what instead
     */
    static Setup<?> of(String target, List<String> overrides) {
        Path path = Path.of(target);
        if (Files.isDirectory(path)) return read(path.resolve("config.json"), overrides);
        if (Files.exists(path) || target.matches(".*\\.(ya?ml|json)")) return read(path, overrides);
        return bind(Recipes.named(target), Configs.empty(), overrides, target);
    }

    /**
     * Of a run folder.
     *
     * @throws IllegalArgumentException if there is no run in it
     */
    static Setup<?> ofRun(Path run) {
        Path config = run.resolve("config.json");
        if (!Files.exists(config)) {
            throw new IllegalArgumentException(run + ": expected the folder of a run, with config.json in it."
                    + " merapi train writes one.");
        }
        return read(config, List.of());
    }

    private static Setup<?> read(Path file, List<String> overrides) {
        ObjectNode config = Configs.read(file);
        config.remove(NOT_SETTINGS);
        JsonNode name = config.remove(RECIPE);
        if (name == null || !name.isTextual()) {
            throw new IllegalArgumentException(file + ": expected a line such as recipe: fashion. merapi list shows"
                    + " the recipes.");
        }
        return bind(Recipes.named(name.asText()), config, overrides, file.toString());
    }

    private static <C extends Record> Setup<C> bind(Recipe<C> recipe, ObjectNode config, List<String> overrides,
            String where) {
        Configs.override(config, overrides);
        var precision = precision(config.remove(PRECISION), where);
        return new Setup<>(recipe, Configs.bind(config, recipe.defaults(), where, PRECISION), precision);
    }

    private static DType precision(JsonNode value, String where) {
        if (value == null) return DType.FLOAT32;
        return PRECISIONS.stream().filter(type -> type.toString().equals(value.asText())).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(where + ": " + PRECISION
                        + ": expected float32, bfloat16 or float16. Received " + value));
    }

    /** All that a recipe can be told, with its defaults, as YAML lines. */
    static String defaults(Recipe<?> recipe) {
        return Configs.write(recipe.defaults()) + PRECISION + ": " + PRECISIONS.getFirst() + "  # one of "
                + PRECISIONS.stream().map(DType::toString).collect(Collectors.joining(", ")) + "\n";
    }

    Job<?> job() { return precise(recipe.job(settings)); }

    /** The job of a run that was begun. */
    Job<?> job(Path run) { return precise(recipe.job(settings, run)); }

    private Job<?> precise(Job<?> job) {
        job.trainer().precision(precision);
        return job;
    }

    /** The job with the weights of a run in its model. */
    Job<?> trained(Path run) {
        var job = job(run);
        Weights.open(run).loadInto(job.trainer().task().model());
        return job;
    }

    /** What {@code config.json} holds, for {@link #read} and for people. */
    Map<String, Object> toMap() {
        Map<String, Object> map = Configs.map(settings);
        map.put(RECIPE, recipe.name());
        map.put(PRECISION, precision.toString());
        return map;
    }
}
