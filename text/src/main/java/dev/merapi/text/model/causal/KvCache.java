package dev.merapi.text.model.causal;

import dev.merapi.nn.KeysValues;
import dev.merapi.nn.Mask;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Tensor;

/**
 * The keys and values of the tokens read so far, so that each is computed once. Each row has a length of its own; rows
 * join and leave on the way. How the memory lies is a matter of its {@link Kind}: {@link DenseCache} is the usual one.
 *
 * <p>Models ask for {@link #positions} and {@link #mask} of the next columns, then {@link #append} in each layer, then
 * {@link #advance}. All rows end in the last column ({@link KvColumns}), whatever the kind. The memory lives until
 * {@link #close}, whatever scope is open.
 *
 * <p>B rows, G heads of keys, S columns read, T columns being read, D head size.
 */
public interface KvCache extends AutoCloseable {
    /** What a model keeps of each token, and where. */
    record Shape(int layers, int heads, int headSize, DType type, Device device) {}

    /** Opens caches of one kind. */
    @FunctionalInterface
    interface Kind {
        /**
         * An empty cache.
         *
         * @param starts the column of each row's first token: rows are filled up at their beginning
         * @param capacity how many columns will be read, as far as one knows
         */
        KvCache open(Shape shape, long[] starts, int capacity);
    }

    /** Where the tokens of each row stand. */
    KvColumns columns();

    /**
     * Stores the keys and values (B, G, T, D) of the next columns in a layer; {@link #advance} follows the last.
     *
     * @return all of the layer, (B, G, S + T, D); what stands before a row's first token is finite, and not seen
     */
    KeysValues append(int layer, Tensor k, Tensor v);

    /** Puts the rows of another cache of the same kind and shape behind those here; the other is closed. */
    void join(KvCache other);

    /** Goes on with these of the rows, one of them possibly twice: the others leave. */
    void select(long... rows);

    /** Frees the memory; once more does nothing. */
    @Override void close();

    /** The keys and values (B, G, T, D) of the next columns, behind those in the cache if there is one. */
    static KeysValues append(KvCache cache, int layer, Tensor k, Tensor v) {
        return cache == null ? new KeysValues(k, v) : cache.append(layer, k, v);
    }

    /** As {@link Sight#attend(KvCache, int, Tensor, Tensor, Tensor)}. */
    default Tensor attend(int layer, Tensor q, Tensor k, Tensor v, Sight sight) {
        return sight.attend(q, append(layer, k, v));
    }

    /**
     * Vectors (B, T, E) behind the last block that this is of: as they are, or from where the model's other blocks are.
     */
    default Tensor onward(Tensor x) { return x; }

    /** The texts that the next columns are of, where these are of several, one behind the other: how many of each. */
    default long[] texts(long steps) { return new long[] {steps}; }

    /** Number of columns S read: the tokens of the longest row. */
    default long length() { return columns().length(); }

    /** The next {@code steps} columns are in all layers. */
    default void advance(long steps) { columns().advance(steps); }

    /**
     * Takes the last {@code steps} columns back, where a kind of cache knows how: the next ones take their place.
     *
     * @return whether it did; if not, all is as before
     */
    default boolean back(long steps) { return false; }

    /** Positions of the next columns in their rows, int64: (T), or (B, T) where rows begin apart. */
    default Tensor positions(long steps) { return columns().positions(steps); }

    /**
     * What the next columns must not see: what follows them, fill, and what is further back than a window.
     *
     * @param window how many tokens are seen, the reading one among them; 0 for all
     */
    default Mask mask(long steps, int window) { return columns().mask(steps, window); }
}
