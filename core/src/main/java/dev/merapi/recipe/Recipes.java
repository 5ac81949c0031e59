package dev.merapi.recipe;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** The recipes of all modules on the class path. */
public final class Recipes {
    private Recipes() {}

    /** All of them, by name. */
    public static List<Recipe<?>> all() {
        return ServiceLoader.load(Recipe.class).stream().<Recipe<?>>map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(Recipe::name)).toList();
    }

    /**
     * The one of this name.
     *
     * @throws IllegalArgumentException naming those there are, if there is none
     */
    public static Recipe<?> named(String name) { return named(name, ""); }

    /** @param where begins the message, such as {@code "run.yaml: "} */
    static Recipe<?> named(String name, String where) {
        var all = all();
        return all.stream().filter(recipe -> recipe.name().equals(name)).findFirst()
                .orElseThrow(() -> unknown(where, name, all.stream().map(Recipe::name).toList()));
    }

    private static IllegalArgumentException unknown(String where, String name, List<String> known) {
        return new IllegalArgumentException(where + "unknown recipe " + name + "." + NearestKey.hint(name, known)
                + " Known are " + String.join(", ", known) + ".");
    }
}
