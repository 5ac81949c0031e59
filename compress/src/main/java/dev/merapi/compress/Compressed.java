package dev.merapi.compress;

/**
 * A layer that holds its weights in another form than a {@link dev.merapi.tensor.Param}, such as in 4 bits each, and
 * says how many they are, so that a model's parameters can be counted before and after.
 */
public interface Compressed {
    /** How many parameters its weights stand for; those that are a {@code Param} still do not count. */
    long parameters();
}
