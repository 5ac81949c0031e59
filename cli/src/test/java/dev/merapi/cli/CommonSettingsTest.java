package dev.merapi.cli;

import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What every recipe takes has one name in all of them, and no setting is inside another. */
class CommonSettingsTest {
    private static final List<String> IN_ALL = List.of("data", "epochs", "learningRate", "seed");
    private static final List<String> OF_TEXT = List.of("test", "maxLength");

    static List<Recipe<?>> recipes() {
        return Recipes.all().stream().filter(recipe -> recipe.getClass().getName().contains(".recipe.")).toList();
    }

    @ParameterizedTest @MethodSource("recipes") void settingsAreFlatAndNamedAlike(Recipe<?> recipe) {
        var settings = recipe.defaults().getClass().getRecordComponents();
        var names = Arrays.stream(settings).map(RecordComponent::getName).toList();
        assertTrue(names.containsAll(IN_ALL), () -> recipe.name() + " has " + names);
        // recordings differ in length, so that a step is so many seconds of them
        String step = recipe.name().equals("speech-recognition") ? "batchSeconds" : "batchSize";
        assertTrue(names.contains(step), () -> recipe.name() + " has " + names);
        if (recipe.getClass().getName().contains(".text.")) {
            assertTrue(names.containsAll(OF_TEXT), () -> recipe.name() + " has " + names);
        }
        for (var setting : settings) assertFalse(setting.getType().isRecord(), recipe.name() + ": " + setting);
    }
}
