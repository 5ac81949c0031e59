package dev.merapi.tabular.data;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.NoSuchElementException;

/** A query under way: its rows as frames. */
final class Query implements Frames {
    private final Source source;
    private final String text;
    private final int batch;
    private final Connection connection;
    private final Rows rows;
    private boolean closed;

    /**
     * @param batch rows in a frame
     * @throws IllegalArgumentException if the query fails
     */
    Query(Source source, String text, int batch) {
        this.source = source;
        this.text = text;
        this.batch = batch;
        Connection opened = null;
        try {
            opened = source.open();
            connection = opened;
            rows = Rows.of(connection, text);
        } catch (SQLException e) {
            close(opened);
            throw source.failure(e, text);
        } catch (RuntimeException e) {
            close(opened);
            throw e;
        }
    }

    @Override public boolean hasNext() { return !closed && rows.hasNext(); }

    @Override public Frame next() {
        if (!hasNext()) throw new NoSuchElementException("no more rows");
        try {
            for (int count = 0; count < batch && rows.hasNext();) count += rows.read(batch - count);
        } catch (SQLException e) {
            close();
            throw source.failure(e, text);
        }
        return frame();
    }

    /** Of the rows read since the last. */
    Frame frame() { return Frame.of(rows.columns().stream().map(GrowingColumn::finish).toList()); }

    @Override public void close() {
        if (closed) return;
        closed = true;
        close(rows);
        close(connection);
    }

    private static void close(AutoCloseable resource) {
        if (resource == null) return;
        try {
            resource.close();
        } catch (Exception e) {
            // nothing was written that could be lost
        }
    }
}
