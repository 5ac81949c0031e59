package dev.merapi.tabular.data;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/** A query under way: its rows as frames. */
final class Query implements Frames {
    private final Source source;
    private final String text;
    private final int batch;
    private final Connection connection;
    private final Statement statement;
    private final ResultSet rows;
    private final List<GrowingColumn<?>> columns = new ArrayList<>();
    private boolean more; // the cursor stands on a row that was not given yet
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
            statement = connection.createStatement();
            rows = statement.executeQuery(text);
            var fields = Schema.of(rows.getMetaData());
            for (int i = 0; i < fields.size(); i++) columns.add(GrowingColumn.of(fields.get(i), i + 1));
            more = rows.next();
        } catch (SQLException e) {
            close(opened);
            throw source.failure(e, text);
        } catch (RuntimeException e) {
            close(opened);
            throw e;
        }
    }

    @Override public boolean hasNext() { return more; }

    @Override public Frame next() {
        if (!more) throw new NoSuchElementException("no more rows");
        try {
            int count = 0;
            do {
                for (var column : columns) column.add(rows);
                count++;
                more = rows.next();
            } while (more && count < batch);
        } catch (SQLException e) {
            close();
            throw source.failure(e, text);
        }
        return frame();
    }

    /** Of the rows read since the last. */
    Frame frame() { return Frame.of(columns.stream().map(GrowingColumn::finish).toList()); }

    @Override public void close() {
        if (closed) return;
        closed = true;
        more = false;
        close(connection);
    }

    private static void close(Connection connection) {
        if (connection == null) return;
        try {
            connection.close(); // and with it its statements and results
        } catch (SQLException e) {
            // nothing was written that could be lost
        }
    }
}
