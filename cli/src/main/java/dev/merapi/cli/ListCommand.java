package dev.merapi.cli;

import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code merapi list}. */
@Command(name = "list", description = "List the recipes.")
final class ListCommand implements Runnable {
    @Option(names = "--settings", description = "Show each recipe's settings and their defaults as YAML.")
    private boolean settings;

    @Spec private CommandSpec spec;

    @Override public void run() {
        var out = spec.commandLine().getOut();
        for (Recipe<?> recipe : Recipes.all()) {
            out.printf("%-19s %s%n", recipe.name(), recipe.description());
            if (settings) out.println(Setup.defaults(recipe).indent(4).stripTrailing() + "\n");
        }
    }
}
