package dev.merapi.tabular.recipe;

import dev.merapi.nn.Layer;
import dev.merapi.recipe.GlassBox;
import dev.merapi.tabular.classic.ClassicTask;
import dev.merapi.tabular.data.Frame;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.data.TablePreprocessing;
import dev.merapi.tabular.data.Target;
import dev.merapi.tabular.model.TableTask;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The model of a {@link TablePredictor}: a row is one of numbers, float64, in the order categories, crosses, lists,
 * numbers, ids as they are and each list filled up to {@value #LIST} ids. What is hidden is missing.
 */
record OpenTable(Task<TableBatch> task, TablePreprocessing preprocessing) implements GlassBox<Frame> {
    private static final int LIST = 64;

    @Override public Layer model() { return task.model(); }

    @Override public List<String> outputs() {
        return preprocessing.target() instanceof Target.Classes classes ? classes.labels()
                : List.of(preprocessing.target().column());
    }

    @Override public Tensor encode(List<Frame> frames) {
        return Tensor.cat(frames.stream().map(frame -> flat(preprocessing.withoutTarget(frame))).toList(), 0)
                .to(model().device());
    }

    private static Tensor flat(TableBatch batch) {
        var parts = new ArrayList<>(List.of(batch.categories(), batch.crosses()));
        for (var list : batch.lists()) {
            Expect.that(list.size(1) <= LIST, "GlassBox.encode", "lists of at most " + LIST + " entries", list.size(1));
            parts.add(list.pad(0, 0, LIST - list.size(1)));
        }
        parts.add(batch.numbers());
        return Tensor.cat(parts.stream().map(part -> part.to(DType.FLOAT64)).toList(), 1);
    }

    @Override public List<String> parts(Frame row) {
        var parts = new ArrayList<>(preprocessing.categories());
        parts.addAll(preprocessing.crosses());
        for (String list : preprocessing.lists()) parts.addAll(Collections.nCopies(LIST, list));
        parts.addAll(preprocessing.numberColumns());
        return parts;
    }

    @Override public Tensor blank(Tensor encoded) {
        return flat(preprocessing.blank()).to(encoded.device()).expand(encoded.shape());
    }

    @Override public Tensor scores(Tensor encoded) {
        var batch = batch(encoded);
        try (var _ = model().evaluating()) {
            return switch (task) {
                case TableTask table -> table.scores(batch);
                case ClassicTask classic -> classic.scores(batch);
                default -> throw new AssertionError(task);
            };
        }
    }

    private TableBatch batch(Tensor flat) {
        long at = 0;
        var inputs = preprocessing.inputs();
        var categories = flat.narrow(1, at, inputs.categories().size()).to(DType.INT64);
        at += inputs.categories().size();
        var crosses = flat.narrow(1, at, inputs.crosses().size()).to(DType.INT64);
        at += inputs.crosses().size();
        var lists = new ArrayList<Tensor>();
        for (int i = 0; i < inputs.lists().size(); i++, at += LIST) {
            lists.add(flat.narrow(1, at, LIST).to(DType.INT64));
        }
        var numbers = flat.narrow(1, at, inputs.numbers()).to(DType.FLOAT32);
        return new TableBatch(numbers, categories, lists, crosses, null);
    }
}
