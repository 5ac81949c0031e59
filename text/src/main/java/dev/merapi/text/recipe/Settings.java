package dev.merapi.text.recipe;

import dev.merapi.tensor.Expect;
import java.nio.file.Files;
import java.nio.file.Path;

/** What several recipes expect of their settings. */
final class Settings {
    static final String ENCODER = "the folder of a model of BERT's family (config.json, model.safetensors,"
            + " tokenizer.json or vocab.txt)";

    private Settings() {}

    /** A file or folder that must be there; a slip in it starts no download. */
    static Path existing(String setting, String value, String what) {
        if (value.isEmpty()) throw Expect.error(setting, what, "none", "add " + setting + "=<path>");
        Path path = Path.of(value);
        if (Files.exists(path)) return path;
        throw Expect.error(setting, what, value + ", which does not exist");
    }
}
