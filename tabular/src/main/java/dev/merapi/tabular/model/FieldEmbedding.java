package dev.merapi.tabular.model;

import dev.merapi.nn.F;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tabular.data.Inputs;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A vector for each field of a row: of a category and a cross the learned vector of its id, of a list the mean of its
 * ids' vectors (0 if it is empty), of a number its learned vector times the number. Of width 1 these are the weights of
 * a linear model.
 *
 * <p>B rows, F fields, W width. Shapes: a batch to (B, F, W), fields in the order categories, crosses, lists, numbers.
 */
public final class FieldEmbedding extends Layer {
    final Param ids; // (all ids of all fields, W); null: there are none, or they are elsewhere
    final Unary elsewhere; // ids (…) to (…, W); or null
    final Param numbers; // (numbers, W), or null
    private final Inputs inputs;
    private final int width;
    private boolean sparse;

    /** @param init of both */
    public FieldEmbedding(Inputs inputs, int width, Init init) { this(inputs, width, init, Tables.OWN); }

    /** With the vectors of ids elsewhere, such as on servers. */
    public FieldEmbedding(Inputs inputs, int width, Init init, Tables tables) {
        if (inputs.fields() == 0) {
            throw new IllegalArgumentException("FieldEmbedding: expected at least one field. Received none.");
        }
        this.inputs = inputs;
        this.width = width;
        long all = Stream.of(inputs.categories(), inputs.crosses(), inputs.lists()).flatMap(List::stream)
                .mapToLong(Integer::longValue).sum();
        elsewhere = all == 0 ? null : tables.of(all, width);
        ids = all == 0 || elsewhere != null ? null : param(init, all, width);
        numbers = inputs.numbers() == 0 ? null : param(init, inputs.numbers(), width);
    }

    /** Makes the gradients of ids sparse, those of the batch's ids alone, and returns this layer. */
    public FieldEmbedding sparse() {
        sparse = true;
        return this;
    }

    /** Number of fields F. */
    public int fields() { return inputs.fields(); }

    public Tensor forward(TableBatch batch) {
        var fields = new ArrayList<Tensor>();
        long first = 0; // the place of a field's id 0 in the table
        if (!inputs.categories().isEmpty()) fields.add(look(batch.categories(), inputs.categories(), first));
        first += sum(inputs.categories());
        if (!inputs.crosses().isEmpty()) fields.add(look(batch.crosses(), inputs.crosses(), first));
        first += sum(inputs.crosses());
        for (int i = 0; i < inputs.lists().size(); i++) {
            fields.add(mean(batch.lists().get(i), first));
            first += inputs.lists().get(i);
        }
        if (numbers != null) fields.add(batch.numbers().unsqueeze(2).mul(numbers)); // (B, numbers, W)
        return hooked(fields.size() == 1 ? fields.getFirst() : Tensor.cat(fields, 1), batch.numbers());
    }

    private static long sum(List<Integer> sizes) { return sizes.stream().mapToLong(Integer::longValue).sum(); }

    /** (B, columns) to (B, columns, W). */
    private Tensor look(Tensor columns, List<Integer> sizes, long first) {
        var offsets = new long[sizes.size()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = first;
            first += sizes.get(i);
        }
        return vectors(columns.add(Tensor.of(offsets).to(columns.device())));
    }

    /** (B, T) to (B, 1, W). */
    private Tensor mean(Tensor list, long first) {
        var there = list.ne(0).to(DType.FLOAT32).unsqueeze(2); // (B, T, 1)
        var vectors = vectors(list.add(first)).mul(there); // (B, T, W)
        long[] row = {1};
        return vectors.sum(row, true).div(there.sum(row, true).clamp(1, null));
    }

    private Tensor vectors(Tensor all) {
        return elsewhere == null ? F.embedding(all, ids, -1, sparse) : elsewhere.forward(all);
    }
}
