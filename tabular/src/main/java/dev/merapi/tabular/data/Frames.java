package dev.merapi.tabular.data;

import java.util.Iterator;

/** Rows of a {@link Table}, a part at a time, read as they are asked for. The caller closes it. */
public interface Frames extends Iterator<Frame>, AutoCloseable {
    /** Ends the query. Closing again does nothing. */
    @Override void close();
}
