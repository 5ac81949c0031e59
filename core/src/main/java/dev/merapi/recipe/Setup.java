package dev.merapi.recipe;

import dev.merapi.io.ModelFolder;
import dev.merapi.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A recipe and its settings, from a program, a file, or the {@code config.json} of a run: they have one form, so that a
 * run can be repeated from what it left.
 *
 * <pre>{@code
 * var setup = Setup.of(Recipes.named("fashion"), "epochs=5");
 * try (var job = setup.job()) {
 *     job.fit(Path.of("runs/fashion"));
 * }
 * }</pre>
 *
 * @param precision the type of most computations, which every recipe takes as {@code precision}
 */
public record Setup<C extends Record>(Recipe<C> recipe, C settings, DType precision) {
    private static final String RECIPE = ModelFolder.RECIPE;
    private static final String PRECISION = "precision";
    private static final List<DType> PRECISIONS = List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16);
    private static final List<String> NOT_SETTINGS = List.of("trainer", "versions"); // written by the trainer

    /**
     * A recipe's defaults with settings over them.
     *
     * @param settings as for {@link Settings#override}
     * @throws IllegalArgumentException as {@link Settings#bind}
     */
    public static <C extends Record> Setup<C> of(Recipe<C> recipe, String... settings) {
        return bind(recipe, Settings.override(Map.of(), settings), recipe.name());
    }

    /**
     * The setup in a mapping with the key {@code recipe}.
     *
     * @param where names the mapping in messages, such as its file
     * @param settings laid over it, as for {@link Settings#override}
     * @throws IllegalArgumentException for anything that is no setting, saying what instead
     */
    public static Setup<?> of(Map<String, ?> config, String where, String... settings) {
        if (!(config.get(RECIPE) instanceof String name)) {
            throw new IllegalArgumentException(where + ": expected a line such as recipe: fashion. merapi list shows"
                    + " the recipes.");
        }
        var given = Settings.override(config, settings);
        given.remove(RECIPE);
        given.keySet().removeAll(NOT_SETTINGS);
        return bind(Recipes.named(name, where + ": "), given, where);
    }

    /**
     * The setup of a run.
     *
     * @param settings laid over it, as for {@link Settings#override}
     * @throws IllegalArgumentException if there is no run in the folder
     */
    public static Setup<?> ofRun(Path run, String... settings) {
        if (!Files.exists(config(run))) {
            throw new IllegalArgumentException(run + ": expected the folder of a run, with config.json in it."
                    + " merapi train writes one.");
        }
        return of(ModelFolder.config(run), config(run).toString(), settings);
    }

    private static Path config(Path run) { return run.resolve("config.json"); }

    /** Whether a folder is a run's, not that of another model; one without a {@code config.json} may become one. */
    public static boolean isRun(Path folder) {
        if (Files.isRegularFile(folder)) return false;
        return !Files.exists(config(folder)) || ModelFolder.config(folder).containsKey(RECIPE);
    }

    private static <C extends Record> Setup<C> bind(Recipe<C> recipe, Map<String, ?> given, String where) {
        var left = new LinkedHashMap<String, Object>(given);
        var precision = precision(left.remove(PRECISION), where);
        return new Setup<>(recipe, Settings.bind(recipe.defaults(), left, where, PRECISION), precision);
    }

    private static DType precision(Object value, String where) {
        if (value == null) return DType.FLOAT32;
        return PRECISIONS.stream().filter(type -> type.toString().equals(value)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(where + ": " + PRECISION
                        + ": expected float32, bfloat16 or float16. Received \"" + value + "\""));
    }

    /** All that a recipe can be told, with its defaults. */
    public static List<Settings.Setting> settings(Recipe<?> recipe) {
        var settings = Settings.list(recipe.defaults());
        settings.add(new Settings.Setting(PRECISION, PRECISIONS.getFirst().toString(),
                PRECISIONS.stream().map(DType::toString).collect(Collectors.joining(", ", "one of ", "")),
                "type of most computations"));
        return settings;
    }

    /** A new job. */
    public Job<?> job() { return prepared(recipe.job(settings)); }

    /** The job of a run that was begun, with what it left in its folder, but for the weights. */
    public Job<?> job(Path run) { return prepared(recipe.job(settings, run)); }

    private Job<?> prepared(Job<?> job) {
        job.trainer().precision(precision).config(toMap());
        return job;
    }

    /** What {@code config.json} holds, for {@link #of(Map, String, String...)} and for people. */
    public Map<String, Object> toMap() {
        var map = Settings.map(settings);
        map.put(RECIPE, recipe.name());
        map.put(PRECISION, precision.toString());
        return map;
    }
}
