package dev.merapi.text.tokenizer;

import java.util.List;

/** Turns text into token ids and back: a trained {@link Tokenizer}, or a {@link Vocabulary} of characters or words. */
public interface TextCodec {
    /** The ids of a text; none for an empty one, but for special tokens that the codec adds. */
    long[] encode(String text);

    /** The text of token ids. */
    String decode(long... ids);

    /** Rows that a model's embedding needs: the highest id plus one. */
    int vocabSize();

    /** The ids of each text, made on all cores. */
    default List<long[]> encodeAll(List<String> texts) { return texts.parallelStream().map(this::encode).toList(); }
}
