package dev.merapi.cli;

import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Settings.Setting;
import dev.merapi.recipe.Setup;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi list}. */
@Command(name = "list", description = {"List the recipes, and what can be set of each.",
    "Example: merapi list --settings fashion"})
final class ListCommand implements Runnable {
    @Parameters(arity = "0..*", paramLabel = "<recipe>", description = "Which ones; all if none is named.")
    private List<String> names = List.of();

    @Option(names = "--settings", description = "Show what can be set, with the defaults, as YAML.")
    private boolean settings;

    @Spec private CommandSpec spec;

    @Override public void run() {
        var out = spec.commandLine().getOut();
        List<Recipe<?>> recipes = names.isEmpty() ? Recipes.all()
                : names.stream().<Recipe<?>>map(Recipes::named).toList();
        for (Recipe<?> recipe : recipes) {
            out.printf("%-20s %s%n", recipe.name(), recipe.description());
            if (settings) show(Setup.settings(recipe), out);
        }
    }

    /** Lines that a settings file may hold as they are. */
    private static void show(List<Setting> settings, PrintWriter out) {
        var lines = settings.stream().map(setting -> setting.key() + ": " + yaml(setting.value())).toList();
        int width = lines.stream().mapToInt(String::length).max().orElse(1);
        for (int i = 0; i < lines.size(); i++) {
            out.printf("    %-" + width + "s # %s%n", lines.get(i), comment(settings.get(i)));
        }
        out.println();
    }

    private static String comment(Setting setting) {
        boolean named = setting.kind().startsWith("one of"); // the other kinds show by their defaults
        if (setting.description().isEmpty()) return setting.kind();
        return setting.description() + (named ? "; " + setting.kind() : "");
    }

    private static String yaml(Object value) {
        return value instanceof String text && text.matches("[\\w./-]+") ? text : Json.line(value);
    }
}
