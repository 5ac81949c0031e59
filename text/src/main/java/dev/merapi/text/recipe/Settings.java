package dev.merapi.text.recipe;

import java.nio.file.Files;
import java.nio.file.Path;

/** Checks of settings that several recipes have. */
final class Settings {
    static final String ENCODER = "the folder of a model of BERT's family (config.json, model.safetensors,"
            + " tokenizer.json or vocab.txt)";

    private Settings() {}

    static void atLeast(String setting, int least, int value) {
        if (value >= least) return;
        throw new IllegalArgumentException(setting + ": expected at least " + least + ". Received " + value);
    }

    static void positive(String setting, double value) {
        if (value > 0 && value < Double.POSITIVE_INFINITY) return;
        throw new IllegalArgumentException(setting + ": expected more than 0. Received " + value);
    }

    static void atLeastZero(String setting, double value) {
        if (value >= 0 && value < Double.POSITIVE_INFINITY) return;
        throw new IllegalArgumentException(setting + ": expected 0 or more. Received " + value);
    }

    static void probability(String setting, double value) {
        if (value >= 0 && value < 1) return;
        throw new IllegalArgumentException(setting + ": expected 0 or more, and less than 1. Received " + value);
    }

    /** A file or folder that must be there; a slip in it starts no download. */
    static Path existing(String setting, String value, String what) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(setting + ": expected " + what + ". Received none; add " + setting
                    + "=<path>.");
        }
        Path path = Path.of(value);
        if (Files.exists(path)) return path;
        throw new IllegalArgumentException(setting + ": expected " + what + ". Received " + value
                + ", which does not exist.");
    }
}
