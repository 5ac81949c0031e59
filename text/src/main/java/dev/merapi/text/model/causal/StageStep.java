package dev.merapi.text.model.causal;

import java.util.stream.LongStream;

/**
 * What the first stage of a model tells the others to do, as numbers: the place here and then, in brackets, what it is
 * about. They keep caches and memories by numbers that the first gives.
 */
enum StageStep {
    /** A cache [number, capacity, first column of each row]. */
    OPEN,
    /** Rows of another behind those of a cache [number, other]. */
    JOIN,
    /** Some rows of a cache alone [number, rows]. */
    SELECT,
    /** Columns of a cache taken back [number, columns]. */
    BACK,
    /** A cache freed [number]. */
    CLOSE,
    /** Memory for texts that come and go [type]; there is no number. */
    MEMORY,
    /** Memory made longer [number, blocks more, tokens that it holds]. */
    GROW,
    /** Memory freed [number]. */
    FREE,
    /** Vectors read without memory []. */
    READ,
    /** Vectors read behind those of a cache [number]. */
    READ_CACHED,
    /** Pieces of texts read, of each [memory, tokens in it, tokens, shared parts, of each (memory, from, to)]. */
    READ_PIECES;

    long[] with(LongStream numbers) { return LongStream.concat(LongStream.of(ordinal()), numbers).toArray(); }

    long[] with(long... numbers) { return with(LongStream.of(numbers)); }
}
