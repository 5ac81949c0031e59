package dev.merapi.compress.adapter;

import dev.merapi.io.JsonFile;
import dev.merapi.io.ModelFolder;
import dev.merapi.io.Safetensors;
import dev.merapi.io.SafetensorsFile;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Learned prompts and prefixes in PEFT's files: one table, {@code prompt_embeddings}, a row for each virtual token. */
final class SoftPromptFiles {
    private static final String TABLE = "prompt_embeddings";

    private SoftPromptFiles() {}

    /** @param more settings of the kind */
    static void save(String kind, Tensor table, Map<String, ?> more, Path folder) {
        Safetensors.write(folder.resolve(PeftFiles.WEIGHTS), Map.of(TABLE, table), Map.of("format", "pt"));
        var settings = new LinkedHashMap<String, Object>();
        settings.put("peft_type", kind);
        settings.put("task_type", "CAUSAL_LM");
        settings.put("base_model_name_or_path", null);
        settings.put("inference_mode", true);
        settings.put("num_virtual_tokens", table.size(0));
        settings.putAll(more);
        ModelFolder.writeConfig(settings, folder.resolve(PeftFiles.CONFIG));
    }

    /** How many virtual tokens an adapter of a kind has. */
    static int virtualTokens(String kind, Path folder) {
        var file = folder.resolve(PeftFiles.CONFIG);
        var json = JsonFile.object(file);
        Expect.that(json.path("peft_type").asText("").equals(kind), file + ": peft_type", "\"" + kind + "\"",
                json.path("peft_type"));
        int count = json.path("num_virtual_tokens").asInt(0);
        Expect.that(count > 0, file + ": num_virtual_tokens", "a whole number above 0",
                json.path("num_virtual_tokens"));
        return count;
    }

    static void load(Path folder, Param into) {
        var file = SafetensorsFile.open(folder.resolve(PeftFiles.WEIGHTS));
        Expect.that(file.names().contains(TABLE) && Arrays.equals(file.shape(TABLE), into.shape()),
                folder.resolve(PeftFiles.WEIGHTS).toString(), "a tensor " + TABLE + " " + Shapes.toString(into.shape())
                + ", as this model needs", file.names().contains(TABLE) ? Shapes.toString(file.shape(TABLE))
                        : file.names());
        try (var _ = Torch.noGrad()) {
            into.copy_(file.tensor(TABLE));
        }
    }
}
