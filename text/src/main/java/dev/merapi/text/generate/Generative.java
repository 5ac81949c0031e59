package dev.merapi.text.generate;

import java.util.List;
import java.util.OptionalLong;

/** A model that writes text, one token after another: a causal language model, or an encoder with a decoder. */
public interface Generative {
    /**
     * Reads the inputs: prompts that are gone on with, or, for a translator, the sources.
     *
     * @param inputs token ids of each sequence, of any lengths from 1
     * @param newTokens how many tokens will be read after them at most
     * @throws IllegalArgumentException if inputs and new tokens do not fit into the model's context
     */
    Decoding begin(List<long[]> inputs, int newTokens);

    /**
     * Reads texts that come and go, for a {@link ContinuousBatch}.
     *
     * @throws UnsupportedOperationException if it does not know how
     */
    default RaggedDecoding together(RaggedDecoding.Memory memory) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + ".together: expected a language model that"
                + " goes on with prompts. This one writes batches that begin and end together.");
    }

    /** Most tokens that it can read of a text and take back again; 0 where it does not know how. */
    default int room() { return 0; }

    /** The token that begins texts, if they begin anew as a translator's; a language model's go on from the input. */
    default OptionalLong firstToken() { return OptionalLong.empty(); }
}
