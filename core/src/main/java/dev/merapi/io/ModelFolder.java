package dev.merapi.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.nn.Layer;
import dev.merapi.nn.ParamLimit;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Torch;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A model as a folder in Hugging Face's layout: {@code config.json}; {@code model.safetensors} or, for large models,
 * shards with an index; and {@code README.md}, the card.
 *
 * <pre>{@code
 * record Config(int hiddenSize, double dropout) {}
 * ModelFolder.save(new Net(config), config, Path.of("net"));
 * var net = new Net(ModelFolder.config(Path.of("net"), Config.class));
 * ModelFolder.load(net, Path.of("net"));
 * }</pre>
 *
 * Settings are a record, whose {@code hiddenSize} is {@code hidden_size} in the file, or a map.
 *
 * <p>All files are written beside the old ones first and then moved, settings last: a crash while writing leaves the
 * old model, in a new folder without a {@code config.json}. Weights are of one save always, since shards never take the
 * names of an earlier save's; a crash in the moment of the moves may leave them beside the settings of the save before
 * or after. A card that is there stays, for its author wrote it.
 */
public final class ModelFolder {
    /** The key of a run's settings in {@code config.json}, which names the recipe. */
    public static final String RECIPE = "recipe";

    private static final String CONFIG = "config.json";
    private static final double SPARE = 1e6; // numbers of new heads that a small file lacks
    private static final double SMALLER = 64; // times at most that a model was made so
    private static final long MAX_SHARD = 5_000_000_000L; // as Hugging Face's tools
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFile.factory())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // others' files say more than a model asks
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private ModelFolder() {}

    /** Saves a model and its settings. */
    public static void save(Layer model, Object config, Path folder) {
        save(model, config, folder, Provenance.of(line(config), null, null), MAX_SHARD);
    }

    /**
     * Saves a model and its settings.
     *
     * @param origin what made it, for the metadata of the weights
     * @param maxShardBytes shards are as large at most, but for a larger tensor
     * @throws UncheckedIOException if a file cannot be written; the old ones are unchanged then
     */
    public static void save(Layer model, Object config, Path folder, Provenance origin, long maxShardBytes) {
        var weights = Shards.plan(folder, LayerLoader.distinct(model), Changes.with(origin.metadata(), model),
                maxShardBytes);
        var files = new LinkedHashMap<>(weights);
        Path card = folder.resolve("README.md");
        if (!Files.exists(card)) files.put(card, AtomicFiles.writer(card(model, config, folder)));
        files.put(folder.resolve(CONFIG), AtomicFiles.writer(json(config) + "\n"));
        AtomicFiles.writeAll(files);
        Shards.deleteOthers(folder, weights);
    }

    /** Loads the weights of a folder; see {@link Weights#loadInto}. */
    public static void load(Layer model, Path folder) { Weights.open(folder).loadInto(model); }

    /**
     * Makes a model by the settings of a folder, without its weights. Sizes are compared with the file of the weights
     * before memory is taken.
     *
     * @throws IllegalArgumentException naming {@code config.json}, if the model would be more than twice as large as
     *     that file (64 times, where it was {@linkplain dev.merapi.nn.Change changed}), or refuses a setting
     */
    public static <M> M build(Path folder, Supplier<M> model) {
        var weights = Weights.open(folder);
        double numbers = 0;
        for (var name : weights.names()) numbers += Shapes.numel(weights.shape(name));
        Path config = folder.resolve(CONFIG);
        try {
            double most = (Changes.isIn(weights.metadata()) ? SMALLER : 2) * numbers + SPARE;
            return FileErrors.naming(config, () -> ParamLimit.within(most, model));
        } catch (ParamLimit.Exceeded e) {
            throw new IllegalArgumentException("%s: expected the sizes of the weights beside it, %.0f numbers. Received"
                    .formatted(config, numbers) + " those of a model more than twice as large, by " + e.getMessage()
                    + "; are the settings those of other weights?", e);
        }
    }

    /**
     * As {@link #build}, on {@link Device#META}: no memory is taken and no random number drawn for what
     * {@link Weights#loadInto} then brings. Parameters are of {@link Torch#dtype}.
     */
    public static <M> M buildEmpty(Path folder, Supplier<M> model) {
        try (var _ = Torch.on(Device.META)) {
            return build(folder, model);
        }
    }

    /**
     * The settings of a saved model as a record; the file may say more.
     *
     * @throws UncheckedIOException if {@code config.json} cannot be read
     * @throws IllegalArgumentException if it is not JSON, a setting is missing or of another type, or the record
     *     refuses one
     */
    public static <R extends Record> R config(Path folder, Class<R> type) {
        return config(folder, JSON.readerFor(type));
    }

    /**
     * The settings of a saved model, with those of {@code defaults} where the file has none or null: others' files
     * leave out what is usual. Throws as {@link #config(Path, Class)}.
     */
    @SuppressWarnings("unchecked") // a record's class is that of its type
    public static <R extends Record> R config(Path folder, R defaults) {
        ObjectNode settings = JSON.valueToTree(defaults);
        config(folder).forEach((key, value) -> {
            if (value != null) settings.set(key, JSON.valueToTree(value));
        });
        return JsonFile.read(folder.resolve(CONFIG), _ -> (R) JSON.treeToValue(settings, defaults.getClass()));
    }

    /** All settings of a saved model; throws as {@link #config(Path, Class)}. */
    public static Map<String, Object> config(Path folder) {
        return readMap(folder.resolve(CONFIG));
    }

    /**
     * Refuses the folder of a run, whose {@code config.json} says how a model was trained, and not what it is.
     *
     * @throws IllegalArgumentException if it is one, saying how to open it
     */
    public static void expectNoRun(Path folder) {
        if (!Files.exists(folder.resolve(CONFIG)) || !(config(folder).get(RECIPE) instanceof String recipe)) return;
        throw new IllegalArgumentException(folder + ": expected a model in Hugging Face's layout. Received a run of the"
                + " recipe " + recipe + "; open it by Predictor.open, which knows all.");
    }

    private static <T> T config(Path folder, ObjectReader reader) { return read(folder.resolve(CONFIG), reader); }

    /** The settings in another JSON file than {@code config.json}; throws as {@link #config(Path, Class)}. */
    public static <R extends Record> R read(Path file, Class<R> type) { return read(file, JSON.readerFor(type)); }

    private static <T> T read(Path file, ObjectReader reader) {
        T config = JsonFile.read(file, reader::readValue);
        if (config != null) return config;
        throw new IllegalArgumentException(file + ": expected a JSON object {…}. Received null.");
    }

    /** All settings in another JSON file than {@code config.json}; throws as {@link #config(Path, Class)}. */
    public static Map<String, Object> readMap(Path file) {
        return read(file, JSON.readerFor(new TypeReference<LinkedHashMap<String, Object>>() {}));
    }

    /** The settings of a record by the names that they have in the file. */
    public static Map<String, Object> settings(Record config) {
        return JSON.convertValue(config, new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    /** Writes settings as JSON. */
    public static void writeConfig(Object config, Path file) { AtomicFiles.write(file, json(config) + "\n"); }

    private static String json(Object config) {
        try {
            return JSON.writeValueAsString(config);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("ModelFolder: expected settings of numbers, texts, lists, maps and"
                    + " records. Received " + config.getClass().getName() + ": " + e.getOriginalMessage(), e);
        }
    }

    private static String line(Object config) {
        try {
            return JSON.readTree(json(config)).toString();
        } catch (JsonProcessingException e) {
            throw new AssertionError(e); // just written
        }
    }

    private static String card(Layer model, Object config, Path folder) {
        return """
                ---
                library_name: merapi
                ---
                # %s

                `%s` with %,d parameters, trained with Merapi.

                ```json
                %s
                ```

                ```java
                ModelFolder.load(model, Path.of("%1$s"));
                ```
                """.formatted(folder.toAbsolutePath().getFileName(), model.getClass().getSimpleName(),
                model.parameterCount(), json(config));
    }
}
