package dev.merapi.compress.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.merapi.io.JsonFile;
import dev.merapi.io.ModelFolder;
import dev.merapi.io.Safetensors;
import dev.merapi.io.Weights;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * An adapter as Hugging Face's PEFT keeps it: {@code adapter_config.json} and {@code adapter_model.safetensors}, whose
 * names are those of the model's layers between {@code base_model.model.} and {@code .lora_A.weight}.
 *
 * @param config with the names of the layers in it as targets
 */
record PeftFiles(Path folder, LoraConfig config) {
    static final String CONFIG = "adapter_config.json";
    static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";

    static Map<String, Tensor> tensors(Adapters adapters, String name) {
        var tensors = new LinkedHashMap<String, Tensor>();
        adapters.model().layers().forEach((path, layer) -> {
            if (!(layer instanceof LoraLinear lora) || !lora.adapters.containsKey(name)) return;
            var weights = lora.adapters.get(name);
            tensors.put(PREFIX + path + ".lora_A.weight", weights.a);
            tensors.put(PREFIX + path + ".lora_B.weight", weights.b);
            if (weights.magnitude != null) tensors.put(PREFIX + path + ".lora_magnitude_vector", weights.magnitude);
        });
        adapters.wholeOf(name).forEach((param, value) -> tensors.put(PREFIX + param, value));
        return tensors;
    }

    static void save(Adapters adapters, String name, Path folder, String baseModel) {
        Safetensors.write(folder.resolve(WEIGHTS), tensors(adapters, name), Map.of("format", "pt"));
        ModelFolder.writeConfig(settings(adapters, name, baseModel), folder.resolve(CONFIG));
    }

    private static Map<String, Object> settings(Adapters adapters, String name, String baseModel) {
        var config = adapters.config(name);
        var layers = new LinkedHashMap<String, LoraLinear>();
        adapters.model().layers().forEach((path, layer) -> {
            if (layer instanceof LoraLinear lora && lora.adapters.containsKey(name)) layers.put(path, lora);
        });
        var settings = new LinkedHashMap<String, Object>();
        settings.put("peft_type", "LORA");
        settings.put("task_type", null);
        settings.put("base_model_name_or_path", baseModel.isEmpty() ? null : baseModel);
        settings.put("revision", null);
        settings.put("inference_mode", true);
        settings.put("r", config.rank());
        settings.put("lora_alpha", config.alpha() == Math.rint(config.alpha()) ? (Number) (long) config.alpha()
                : config.alpha());
        settings.put("lora_dropout", config.dropout());
        settings.put("target_modules", shortest(List.copyOf(layers.keySet()), adapters.model()));
        settings.put("modules_to_save", config.whole().isEmpty() ? null : config.whole());
        settings.put("bias", "none");
        settings.put("fan_in_fan_out", layers.values().stream().noneMatch(l -> l.base instanceof Linear));
        settings.put("init_lora_weights", true);
        settings.put("use_dora", config.dora());
        settings.put("use_rslora", config.rankStabilised());
        settings.put("rank_pattern", Map.of());
        settings.put("alpha_pattern", Map.of());
        settings.put("layers_to_transform", null);
        settings.put("layers_pattern", null);
        settings.put("auto_mapping", null);
        return settings;
    }

    /** The ends of the names, where they mean these layers and no other; else the names. */
    private static List<String> shortest(List<String> paths, Layer model) {
        var ends = paths.stream().map(Adapters::ending).distinct().toList();
        var meant = Adapters.affine(model).stream().filter(path -> ends.contains(Adapters.ending(path))).toList();
        return meant.size() == paths.size() ? ends : paths;
    }

    static PeftFiles open(Path folder, Layer model) {
        Path file = folder.resolve(CONFIG);
        var json = JsonFile.object(file);
        expect(file, json, "peft_type", "LORA");
        if (json.path("bias").isTextual()) expect(file, json, "bias", "none");
        for (String pattern : List.of("rank_pattern", "alpha_pattern", "layers_to_transform")) {
            Expect.that(json.path(pattern).isEmpty(), file + ": " + pattern, "none, which is all that is known here",
                    json.path(pattern));
        }
        int rank = integer(file, json, "r");
        Expect.that(json.path("lora_alpha").isNumber(), file + ": lora_alpha", "a number", json.path("lora_alpha"));
        var targets = targets(file, json.path("target_modules"), Adapters.affine(model));
        var config = new LoraConfig(rank, json.path("lora_alpha").doubleValue(),
                json.path("lora_dropout").asDouble(0), targets, texts(json.path("modules_to_save")).stream()
                .map(end -> whole(model, end)).toList(),
                json.path("use_dora").asBoolean(false), json.path("use_rslora").asBoolean(false));
        return new PeftFiles(folder, config);
    }

    private static void expect(Path file, JsonNode json, String key, String value) {
        Expect.that(json.path(key).asText("").equals(value), file + ": " + key, "\"" + value
                + "\", which is all that is known here", json.path(key));
    }

    private static int integer(Path file, JsonNode json, String key) {
        Expect.that(json.path(key).canConvertToInt() && json.path(key).isIntegralNumber(), file + ": " + key,
                "a whole number", json.path(key).isMissingNode() ? "none" : json.path(key));
        return json.path(key).intValue();
    }

    private static List<String> texts(JsonNode list) {
        var texts = new ArrayList<String>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** A list names ends of paths, a text is a pattern of whole ones. */
    private static List<String> targets(Path file, JsonNode given, List<String> paths) {
        List<String> found;
        if (given.isTextual()) {
            try {
                found = paths.stream().filter(Pattern.compile(given.textValue()).asMatchPredicate()).toList();
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(file + ": target_modules: expected a regular expression. Received "
                        + given + ": " + e.getDescription() + ".", e);
            }
        } else {
            var ends = texts(given);
            found = paths.stream().filter(path -> ends.stream().anyMatch(end -> endsWith(path, end))).toList();
        }
        Expect.that(!found.isEmpty(), file + ": target_modules", "layers of this model, whose affine maps end in "
                + Adapters.endings(paths), given.isMissingNode() ? "none" : given);
        return found;
    }

    private static boolean endsWith(String path, String end) { return path.equals(end) || path.endsWith("." + end); }

    /** The layer that PEFT means by the end of its name. */
    private static String whole(Layer model, String end) {
        return model.layers().keySet().stream().filter(path -> endsWith(path, end)).findFirst().orElse(end);
    }

    void loadInto(Adapters adapters, String name) {
        var tensors = tensors(adapters, name);
        Weights.open(folder.resolve(WEIGHTS)).loadInto(new NamedTensors(tensors));
    }
}
