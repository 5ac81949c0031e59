package dev.merapi.tabular.data;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBConnection;

/** The rows of a query under way, from the first to the last. */
interface Rows extends AutoCloseable {
    /** The quickest way to a query's rows, the first of which is there then. */
    static Rows of(Connection connection, String query) throws SQLException {
        var chunks = connection instanceof DuckDBConnection duckdb ? ChunkRows.of(duckdb, query) : null;
        return chunks == null ? new ResultRows(connection, query) : chunks;
    }

    /** For each of the result's columns one that is empty. */
    List<GrowingColumn<?>> columns();

    /** Whether there is another row. */
    boolean hasNext();

    /** Adds the next rows to {@link #columns()}, at least one and at most {@code most}, and returns their number. */
    int read(int most) throws SQLException;

    @Override void close() throws SQLException;
}
