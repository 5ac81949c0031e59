package dev.merapi.text.model.causal;

import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.StageWire.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * What one decoding has at the other stages: a connection to each, whose end frees what is remembered there. What they
 * are to do with their memory is told with the next vectors that they read. It belongs to one thread.
 */
final class StageSession implements Guard {
    private final List<StageLink> links;
    private final int layers; // most of a process
    private final List<long[]> untold = new ArrayList<>();
    private long caches;
    private StageException broken; // null: it is not

    StageSession(List<StageLink> links, int layers) {
        this.links = links;
        this.layers = layers;
    }

    /** The most blocks that one of the other processes has; of divided ones as many as their heads are in whole. */
    int layers() { return layers; }

    /** A cache here and there; as {@link KvCache.Kind#open}. */
    KvCache cache(KvCache.Shape shape, long[] starts, int capacity) {
        return new StageCache(this, ++caches, new DenseCache(shape, starts, capacity), starts, capacity);
    }

    void tell(long[] step) { untold.add(step); }

    /**
     * Vectors (B, T, E) behind the model's last block.
     *
     * @throws StageException if a stage is lost; then all calls do
     */
    Tensor read(Tensor x, long[] step) {
        if (broken != null) throw broken;
        untold.add(step);
        var steps = List.copyOf(untold);
        untold.clear();
        Tensor y = x;
        try {
            for (var link : links) y = link.ask(new Message("", steps, y)).tensor();
        } catch (StageException e) {
            broken = e;
            close();
            throw e;
        }
        return y.to(x.device());
    }

    @Override public void close() { links.forEach(StageLink::close); }
}
