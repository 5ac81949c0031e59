package dev.merapi.text.generate;

import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Sequences that a model is writing, and what it remembers of them (keys and values of each layer, say). They need not
 * begin or end together: none depends on its neighbours.
 *
 * <pre>{@code
 * try (var decoding = model.begin(List.of(one), 200)) {
 *     decoding.read(decoding.logits().argmax(-1));
 *     decoding.add(List.of(two));                          // joins: rows 0 and 1
 *     decoding.read(decoding.logits().argmax(-1));
 *     decoding.select(Tensor.of(new long[] {1}));          // the first leaves
 * }
 * }</pre>
 *
 * Its memory is its own: it lives until {@link #close}, whatever scope is open.
 */
public interface Decoding extends AutoCloseable {
    /** Logits (B, V) of the token after the last one read; valid until the next call of another method. */
    Tensor logits();

    /** Reads one more token of each sequence: ids (B), int64, on any device. */
    void read(Tensor ids);

    /**
     * Reads more inputs, as {@link Generative#begin} does; their rows come behind those that are there, which do not
     * change.
     *
     * @throws IllegalArgumentException for inputs that {@code begin} refuses; then all is as before
     */
    void add(List<long[]> inputs);

    /**
     * Goes on with these of the sequences, the others leave: rows (B'), int64, on any device. One may be there twice,
     * which is what beam search needs.
     */
    void select(Tensor rows);

    /** How many more tokens {@link #readAll} may read now; 0 where it does not know how. */
    default int room() { return 0; }

    /**
     * Reads several tokens of the only sequence at once.
     *
     * @return logits (T, V) after each of them; those after the last are {@link #logits} from now on
     * @throws UnsupportedOperationException unless there is {@link #room}
     */
    default Tensor readAll(long... ids) {
        throw new UnsupportedOperationException("Decoding.readAll: expected room for " + ids.length + " tokens, and one"
                + " sequence. There is none; read a token at a time.");
    }

    /**
     * Takes the tokens back that the only sequence has read last; the next call must read.
     *
     * @return whether that could be done; if not, all is as before
     */
    default boolean forget(int tokens) { return tokens == 0; }

    @Override void close();
}
