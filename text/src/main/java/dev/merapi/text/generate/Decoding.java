package dev.merapi.text.generate;

import dev.merapi.tensor.Tensor;

/**
 * Sequences that a model is writing, and what it remembers of them (keys and values of each layer, say). Its memory is
 * its own: it lives until {@link #close}, whatever scope is open.
 */
public interface Decoding extends AutoCloseable {
    /** Logits (B, V) of the token after the last one read; valid until the next {@link #read} or {@link #select}. */
    Tensor logits();

    /** Reads one more token of each sequence: ids (B), int64. */
    void read(Tensor ids);

    /** Goes on with these of the sequences, one of them possibly twice: rows (B'), int64. What beam search needs. */
    void select(Tensor rows);

    @Override void close();
}
