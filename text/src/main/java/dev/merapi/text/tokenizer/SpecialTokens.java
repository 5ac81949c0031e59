package dev.merapi.text.tokenizer;

import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ids of the tokens that mean something to a model, empty where it has none.
 *
 * @param pad fills batches up
 * @param bos begins a text: {@code bos_token}, or {@code cls_token} where there is none
 * @param eos ends a text: {@code eos_token}, or {@code sep_token} where there is none
 * @param unk stands for what the vocabulary does not know
 * @param mask stands for what a masked language model guesses
 */
public record SpecialTokens(OptionalLong pad, OptionalLong bos, OptionalLong eos, OptionalLong unk,
        OptionalLong mask) {
    /** All that there are. */
    public Set<Long> ids() {
        return Stream.of(pad, bos, eos, unk, mask).flatMapToLong(OptionalLong::stream).boxed()
                .collect(Collectors.toUnmodifiableSet());
    }
}
