package dev.merapi.paramserver;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Vectors by id that are on servers: a batch pulls the rows that it needs, and {@link ServerStrategy} pushes their
 * gradients. Shapes: ids (…), of any 64 bits, to (…, dim).
 */
public final class ServerEmbedding extends Layer implements Unary {
    private final EmbeddingTable table;
    private final List<Pulled> pulled = new ArrayList<>(); // that may have gradients

    /** Rows of a batch. */
    record Pulled(long[] ids, Tensor rows) {}

    public ServerEmbedding(EmbeddingTable table) { this.table = table; }

    EmbeddingTable table() { return table; }

    @Override public Tensor forward(Tensor ids) {
        long[] all = ids.flatten().toLongs();
        long[] distinct = LongStream.of(all).distinct().sorted().toArray();
        var places = new long[all.length];
        for (int i = 0; i < all.length; i++) places[i] = Arrays.binarySearch(distinct, all[i]);
        Tensor rows = table.pull(distinct).to(ids.device());
        if (Torch.isGradEnabled() && isTraining()) {
            rows = rows.detach().requiresGrad_(true).owned();
            pulled.add(new Pulled(distinct, rows));
        }
        long[] shape = Arrays.copyOf(ids.shape(), ids.shape().length + 1);
        shape[shape.length - 1] = table.dim();
        return hooked(rows.indexSelect(0, Tensor.of(places).to(ids.device())).view(shape), ids);
    }

    /** The gradients since the last time, by id: as (n) and (n, dim). */
    Gradients take() {
        var ids = new ArrayList<long[]>();
        var gradients = new ArrayList<Tensor>();
        for (Pulled one : pulled) {
            var gradient = one.rows.grad();
            if (gradient != null) {
                ids.add(one.ids);
                gradients.add(gradient.copy());
            }
            one.rows.close();
        }
        pulled.clear();
        return new Gradients(ids.stream().flatMapToLong(LongStream::of).toArray(),
                gradients.isEmpty() ? Tensor.zeros(0, table.dim()) : Tensor.cat(gradients, 0));
    }

    /** Gradients of rows, in which an id may repeat. */
    record Gradients(long[] ids, Tensor values) {}

    @Override protected void closing() {
        pulled.forEach(one -> one.rows.close());
        pulled.clear();
    }
}
