package dev.merapi.cli;

import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Setup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a user can name to be trained or shown. */
final class Targets {
    private Targets() {}

    /**
     * @param target a recipe's name, a YAML or JSON file, or a run folder
     * @param settings {@code key=value}, laid over it
     * @throws IllegalArgumentException for anything that is no setting, saying where and what instead
     */
    static Setup<?> setup(String target, List<String> settings) {
        var path = Path.of(target);
        var given = settings.toArray(String[]::new);
        if (Files.isDirectory(path)) return Setup.ofRun(path, given);
        if (Files.exists(path) || target.matches(".*\\.(ya?ml|json)")) {
            return Setup.of(YamlFile.read(path), target, given);
        }
        return Setup.of(Recipes.named(target), given);
    }
}
