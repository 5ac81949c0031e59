package dev.merapi.tensor;

/** Something that ends with its try block, and throws nothing when it does. */
public interface Guard extends AutoCloseable {
    @Override void close();
}
