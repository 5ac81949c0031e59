package dev.merapi.tabular.recipe;

import dev.merapi.recipe.Command;
import dev.merapi.tensor.Device;
import java.util.Arrays;
import java.util.List;

/** {@code merapi compare}: models on the same folds of a table. */
public final class CompareCommand implements Command<TableConfig> {
    @Override public String name() { return "compare"; }

    @Override public String description() {
        return "Compare models on the same 5 folds of a table: merapi compare linear boosting mlp data=titanic.csv"
                + " target=survived";
    }

    @Override public String arguments() { return "<model>..."; }

    @Override public TableConfig defaults() { return TableConfig.DEFAULT; }

    @Override public void run(List<String> arguments, TableConfig settings, Device device, Answers out) {
        var models = arguments.stream().map(CompareCommand::model).toList();
        if (models.isEmpty()) {
            throw new IllegalArgumentException("<model>: expected some of " + names() + ". Received none.");
        }
        var result = Comparison.run(settings, models, 5, _ -> { });
        out.answer(settings.data(), new Answer("\n" + result.markdown(), result.summary()));
    }

    private static TableModel model(String name) {
        for (var model : TableModel.values()) if (model.name().equalsIgnoreCase(name)) return model;
        throw new IllegalArgumentException("<model>: expected one of " + names() + ". Received " + name);
    }

    private static String names() {
        return String.join(", ", Arrays.stream(TableModel.values()).map(m -> m.name().toLowerCase()).toList());
    }
}
