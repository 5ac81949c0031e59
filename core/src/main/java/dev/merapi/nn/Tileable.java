package dev.merapi.nn;

/** A layer that can keep its weight twice: see {@link TiledWeight}. */
public interface Tileable {
    /** Whether to keep a second copy of the weight from now on, for faster products with one vector. */
    void tile(boolean on);
}
