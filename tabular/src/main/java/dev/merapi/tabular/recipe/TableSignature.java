package dev.merapi.tabular.recipe;

import dev.merapi.nn.Signature;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.model.TableTask;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What goes into a model of tables: the parts of a batch that have columns. */
record TableSignature(TableTask task, TableBatch like) {
    Signature signature() {
        var given = new LinkedHashMap<String, Tensor>();
        put(given, "numbers", like.numbers());
        put(given, "categories", like.categories());
        put(given, "crosses", like.crosses());
        for (int i = 0; i < like.lists().size(); i++) given.put("list_" + i, like.lists().get(i));
        var names = List.copyOf(given.keySet());
        var inputs = given.entrySet().stream().map(e -> input(e.getKey(), e.getValue())).toList();
        return new Signature(task.model(), inputs, List.of("scores"), x -> {
            var named = new LinkedHashMap<String, Tensor>();
            for (int i = 0; i < names.size(); i++) named.put(names.get(i), x.get(i));
            return List.of(task.scores(batch(named, x.getFirst().size(0))));
        });
    }

    private static void put(Map<String, Tensor> all, String name, Tensor tensor) {
        if (tensor.size(1) > 0) all.put(name, tensor);
    }

    private TableBatch batch(Map<String, Tensor> x, long rows) {
        var lists = new ArrayList<Tensor>();
        for (int i = 0; i < like.lists().size(); i++) lists.add(x.get("list_" + i));
        return new TableBatch(or(x.get("numbers"), like.numbers(), rows),
                or(x.get("categories"), like.categories(), rows), lists,
                or(x.get("crosses"), like.crosses(), rows), null);
    }

    /** A part without columns, of as many rows. */
    private static Tensor or(Tensor given, Tensor like, long rows) {
        return given != null ? given : like.newZeros(rows, 0);
    }

    /** Rows as those of a batch, again and again. */
    private static Signature.Input input(String name, Tensor like) {
        var axes = new ArrayList<Object>(List.of("batch"));
        Arrays.stream(like.shape()).skip(1).forEach(axes::add);
        return new Signature.Input(name, like.dtype(), axes,
                shape -> like.indexSelect(0, Tensor.arange(shape[0]).remainder(like.size(0))));
    }
}
